import type { MessageFile } from "../../protocol/file-types.ts";

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_CHARS = 200;
const MAX_SIDE = 100_000;

/**
 * The file of a message. Anyone may publish any data, so each field is checked.
 * @param data of a message
 * @returns undefined where the message has no file
 * @example
 * const file = messageFile(message.data);
 * if (file) link.textContent = `${file.name}, ${file.size} bytes`;
 */
export function messageFile(data: unknown): MessageFile | undefined {
  const file: unknown = isObject(data) ? data.file : undefined;
  if (!isObject(file)) return undefined;
  const { id, name, type, size, width, height } = file;
  if (typeof id !== "string" || !ID.test(id)) return undefined;
  if (typeof name !== "string" || typeof type !== "string" || !isNumber(size, Number.MAX_SAFE_INTEGER))
    return undefined;
  const sides = isNumber(width, MAX_SIDE) && isNumber(height, MAX_SIDE) ? { width, height } : {};
  return { id, name: name.slice(0, MAX_CHARS) || "file", type: type.slice(0, MAX_CHARS), size, ...sides };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isNumber(value: unknown, max: number): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= max;
}
