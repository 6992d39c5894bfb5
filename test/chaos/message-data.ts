import { Random } from "./random.ts";
import type { Data } from "./records.ts";

/** The form of a message's data. */
export type Form = "string" | "object" | "list" | "bytes";

/** Characters that need JSON escapes, are long in UTF-8, or end lines in JavaScript. */
const ALPHABET = [..."abcdefghij 0123456789", ...'"\\/\n\t\u0000\u2028äß€→水🐭', "e\u0301"];

/** The data of a client's nth message. No two messages have the same. `size`: about how many characters or bytes. */
export function dataOf(client: string, n: number, form: Form, size: number): Data {
  const label = `${client} ${n}`;
  const random = new Random(n, client);
  if (form === "bytes") {
    const noise = Buffer.from(Array.from({ length: size }, () => random.within(0, 255)));
    return { base64: Buffer.concat([Buffer.from(`${label} `), noise]).toString("base64") };
  }
  const text = Array.from({ length: size }, () => ALPHABET[random.within(0, ALPHABET.length - 1)]).join("");
  if (form === "string") return { json: `${label} ${text}` };
  if (form === "list") return { json: [label, text, null, true, -n / 8, []] };
  return { json: { from: client, n, text, "": { deep: [{ er: text.length }] } } };
}
