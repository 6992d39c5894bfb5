import { Random } from "./random.ts";
import type { Data } from "./records.ts";

/** The form of a message's data. */
export type Form = "string" | "object" | "list" | "bytes";

/** Characters that need JSON escapes, are long in UTF-8, or end lines in JavaScript. */
const ALPHABET = [..."abcdefghij 0123456789", ...'"\\/\n\t\u0000\u2028äß€→水🐭', "e\u0301"];

/** Labels, as they stand in data, in texts and in bytes. */
export const LABELS = /<[a-z]+\d*\.(?:op)?\d+>/g;

/** A mark that tells the data of a client's nth message, or of its nth operation, from all other data. */
export const labelOf = (client: string, n: number): string => `<${client}.${n}>`;
export const operationLabelOf = (client: string, n: number): string => `<${client}.op${n}>`;

/** All labels in some data. */
export function labelsIn(data: Data | undefined): string[] {
  if (data === undefined) return [];
  const text =
    "base64" in data ? Buffer.from(data.base64, "base64").toString("latin1") : JSON.stringify(data.json);
  return [...new Set(text?.match(LABELS))];
}

/** The text that a client's nth operation appends. */
export function pieceOf(client: string, n: number, size: number): string {
  const random = new Random(n, `${client} appends`);
  return operationLabelOf(client, n) + textOf(random, size);
}

/** The data of a client's nth message. No two messages have the same. `size`: about how many characters or bytes. */
export function dataOf(
  client: string,
  n: number,
  form: Form,
  size: number,
  label: string = labelOf(client, n),
): Data {
  const random = new Random(n, client);
  if (form === "bytes") {
    const noise = Buffer.from(Array.from({ length: size }, () => random.within(0, 255)));
    return { base64: Buffer.concat([Buffer.from(`${label} `), noise]).toString("base64") };
  }
  const text = textOf(random, size);
  if (form === "string") return { json: `${label} ${text}` };
  if (form === "list") return { json: [label, text, null, true, -n / 8, []] };
  return { json: { from: client, n, text: label + text, "": { deep: [{ er: text.length }] } } };
}

function textOf(random: Random, size: number): string {
  return Array.from({ length: size }, () => ALPHABET[random.within(0, ALPHABET.length - 1)]).join("");
}
