/** Upper limit of a file name, in code points. A longer one keeps its end, which has the extension. */
const NAME_CHARS = 120;

/** Control characters, and characters that change the direction or the look of the text around them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

/** The media type of a file without one. */
export const BYTES_TYPE = "application/octet-stream";

/**
 * A file name that is safe to show and to save: without a path, without characters that nobody sees, and not too long.
 * @example
 * fileName("../../etc/pass\u202Ewd"); // "passwd"
 */
export function fileName(raw: string): string {
  const last = raw.toWellFormed().split(/[/\\]/).at(-1) ?? "";
  const clean = last.normalize("NFC").replace(UNSEEN, "").trim();
  const name = [...clean].slice(-NAME_CHARS).join("").trim();
  return /^\.*$/.test(name) ? "file" : name;
}

/** A media type in lower case and without parameters; undefined where it is none. An empty one says nothing of the type. */
export function mediaType(raw: string): string | undefined {
  const type = raw.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "") return BYTES_TYPE;
  return TYPE.test(type) ? type : undefined;
}
