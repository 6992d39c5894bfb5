/** An extension is at most this long, with its dot. A longer ending is a part of the name. */
const MAX_EXTENSION_CHARS = 12;

/** Splits a file name into the part before its extension, and the extension with its dot. A name without an extension gets an empty one. */
export function splitExtension(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf(".");
  const end = dot > 0 && name.length - dot <= MAX_EXTENSION_CHARS ? dot : name.length;
  return [name.slice(0, end), name.slice(end)];
}
