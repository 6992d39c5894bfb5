/** An extension is at most this long, with its dot. A longer ending is a part of the name. */
const MAX_EXTENSION_CHARS = 12;

/** A file name before its extension, and the extension with its dot; the latter is empty where there is none. */
export function splitExtension(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf(".");
  const end = dot > 0 && name.length - dot <= MAX_EXTENSION_CHARS ? dot : name.length;
  return [name.slice(0, end), name.slice(end)];
}
