import { Dice } from "./random.ts";
import type { Data } from "./records.ts";

/** How the data of a message is made. */
export type Form = "string" | "object" | "list" | "bytes";

/** What must come through unharmed: what needs escapes in JSON, what is long in UTF-8, what ends lines elsewhere. */
const ALPHABET = [..."abcdefghij 0123456789", ...'"\\/\n\t\u0000\u2028äß€→水🐭', "e\u0301"];

/** The data of a client's nth message: no other message has the same. `size`: characters or bytes, more or less. */
export function dataOf(client: string, n: number, form: Form, size: number): Data {
  const label = `${client} ${n}`;
  const dice = new Dice(n, client);
  if (form === "bytes") {
    const noise = Buffer.from(Array.from({ length: size }, () => dice.within(0, 255)));
    return { base64: Buffer.concat([Buffer.from(`${label} `), noise]).toString("base64") };
  }
  const text = Array.from({ length: size }, () => ALPHABET[dice.within(0, ALPHABET.length - 1)]).join("");
  if (form === "string") return { json: `${label} ${text}` };
  if (form === "list") return { json: [label, text, null, true, -n / 8, []] };
  return { json: { from: client, n, text, "": { deep: [{ er: text.length }] } } };
}
