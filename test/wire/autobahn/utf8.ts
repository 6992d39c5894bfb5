import { TEXT } from "../raw-socket.ts";
import { bytesOfStep, type Case, echoes, fragments, refusesText, rest, text } from "./case.ts";

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");
const arrives = (payload: Buffer) => [{ opcode: TEXT, payload }];

const UMLAUTS = Buffer.from("Hello-µ@ßöäüàá-UTF-8!!");
/** A Greek word, whose second letter takes three bytes. */
const GREEK = bytesOf("ceba e1bdb9 cf83 cebc ceb5");
/** Valid up to its twelfth byte: a surrogate, and a code point over U+10FFFF. */
const SURROGATE = Buffer.concat([GREEK, bytesOf("ed a0 80"), Buffer.from("edited")]);
const TOO_HIGH = Buffer.concat([GREEK, bytesOf("f4 90 80 80"), Buffer.from("edited")]);

/** The text in three parts. A pause after each lets the server fail the connection. */
function parts(ends: [number, number]): [Buffer, Buffer, Buffer] {
  return [TOO_HIGH.subarray(0, ends[0]), TOO_HIGH.subarray(...ends), TOO_HIGH.subarray(ends[1])];
}

const WAIT = 50;
const MIDDLE = Buffer.from("middle frame payload");

function inFrames(id: string, what: string, [a, b, c]: [Buffer, Buffer, Buffer]): Case {
  return refusesText(id, what, {
    steps: [text(a, { fin: false }), WAIT, rest(b, { fin: false }), WAIT, rest(c)],
  });
}

/** One frame, written in three pieces. */
function inPieces(id: string, what: string, [a, b, c]: [Buffer, Buffer, Buffer]): Case {
  const whole = bytesOfStep(text(Buffer.concat([a, b, c])));
  const [second, third] = [whole.length - b.length - c.length, whole.length - c.length];
  const pieces = [whole.subarray(0, second), whole.subarray(second, third), whole.subarray(third)] as const;
  return refusesText(id, what, { steps: [pieces[0], WAIT, pieces[1], WAIT, pieces[2]] });
}

/** Sections 6.1 to 6.4. */
const messages: readonly Case[] = [
  echoes("6.1.1", "an empty message", { steps: [text("")] }, arrives(Buffer.alloc(0))),
  echoes(
    "6.1.2",
    "three empty fragments",
    { steps: [text("", { fin: false }), rest("", { fin: false }), rest("")] },
    arrives(Buffer.alloc(0)),
  ),
  echoes(
    "6.1.3",
    "three fragments of which two are empty",
    { steps: [text("", { fin: false }), rest(MIDDLE, { fin: false }), rest("")] },
    arrives(MIDDLE),
  ),
  echoes("6.2.1", "valid text in one frame", { steps: [text(UMLAUTS)] }, arrives(UMLAUTS)),
  echoes(
    "6.2.2",
    "valid text in two fragments, cut between characters",
    { steps: [text("Hello-µ@ßöä", { fin: false }), rest("üàá-UTF-8!!")] },
    arrives(UMLAUTS),
  ),
  echoes(
    "6.2.3",
    "valid text in fragments of one byte",
    { steps: fragments(TEXT, UMLAUTS, 1) },
    arrives(UMLAUTS),
  ),
  echoes(
    "6.2.4",
    "valid Greek in fragments of one byte",
    { steps: fragments(TEXT, GREEK, 1) },
    arrives(GREEK),
  ),
  refusesText("6.3.1", "text with a surrogate", { steps: [text(SURROGATE)] }),
  refusesText("6.3.2", "text with a surrogate, in fragments of one byte", {
    steps: fragments(TEXT, SURROGATE, 1),
  }),
  inFrames("6.4.1", "text that becomes invalid in the second of three fragments", parts([11, 15])),
  inFrames("6.4.2", "text that becomes invalid in the only byte of the second fragment", parts([12, 13])),
  inPieces("6.4.3", "text that becomes invalid in the second of three pieces of a frame", parts([11, 15])),
  inPieces("6.4.4", "text that becomes invalid in the only byte of the second piece", parts([12, 13])),
];

/** Each byte of a range in hexadecimal, each followed by `after`. */
function range(first: number, end: number, after = ""): string {
  let hex = "";
  for (let byte = first; byte < end; byte++) hex += byte.toString(16) + after;
  return hex;
}

/** Sequences without their last byte: the lowest, then the highest of each length. */
const CUT_SHORT = [
  "c0",
  "e080",
  "f08080",
  "f8808080",
  "fc80808080",
  "df",
  "efbf",
  "f7bfbf",
  "fbbfbfbf",
  "fdbfbfbfbf",
];

/** The last two code points of each plane. */
const NONCHARACTERS = [
  "efbfbe",
  "efbfbf",
  ...[
    "f09f",
    "f0af",
    "f0bf",
    "f18f",
    "f19f",
    "f1af",
    "f1bf",
    "f28f",
    "f29f",
    "f2af",
    "f2bf",
    "f38f",
    "f39f",
    "f3af",
  ],
  "f3bf",
  "f48f",
].flatMap((start) => (start.length === 6 ? [start] : [`${start}bfbe`, `${start}bfbf`]));

/**
 * Sections 6.5 to 6.23: one message each, most from Markus Kuhn's "UTF-8 decoder capability and stress test". The server must echo
 * valid text, and fail the connection otherwise (RFC 6455, section 8.1).
 */
const SEQUENCES: readonly { what: string; texts: readonly string[] }[] = [
  {
    what: "some valid text",
    texts: ["$", "¢", "€", "𤭢"]
      .map((c) => Buffer.from(`hello${c}world`).toString("hex"))
      .concat(GREEK.toString("hex")),
  },
  { what: "a prefix of valid text", texts: Array.from(GREEK, (_, i) => GREEK.toString("hex", 0, i + 1)) },
  { what: "the first sequence of its length", texts: ["00", "c280", "e0a080", "f0908080"] },
  { what: "the first sequence of 5 or 6 bytes", texts: ["f888808080", "fc8480808080"] },
  { what: "the last sequence of its length", texts: ["7f", "dfbf", "efbfbf", "f48fbfbf"] },
  { what: "the last sequence of 4, 5 or 6 bytes", texts: ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"] },
  { what: "another boundary", texts: ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"] },
  {
    what: "unexpected continuation bytes",
    texts: ["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf", range(0x80, 0xbf)],
  },
  {
    what: "first bytes without continuation",
    texts: [
      range(0xc0, 0xdf, "20"),
      range(0xe0, 0xef, "20"),
      range(0xf0, 0xf7, "20"),
      range(0xf8, 0xfb, "20"),
      range(0xfc, 0xfd, "20"),
    ],
  },
  { what: "a sequence without its last byte", texts: CUT_SHORT },
  { what: "all these together", texts: [CUT_SHORT.join("")] },
  { what: "an impossible byte", texts: ["fe", "ff", "fefeffff"] },
  { what: "an overlong slash", texts: ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"] },
  {
    what: "the highest overlong sequence",
    texts: ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"],
  },
  { what: "an overlong NUL", texts: ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"] },
  {
    what: "a single surrogate",
    texts: ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"],
  },
  {
    what: "a pair of surrogates",
    texts: ["eda080", "edadbf", "edae80", "edafbf"].flatMap((high) => [`${high}edb080`, `${high}edbfbf`]),
  },
  { what: "a noncharacter", texts: NONCHARACTERS },
  {
    what: "a special character",
    texts: ["b9", "ba", "bb", "bc", "bd", "be", "bf"].map((last) => `efbf${last}`),
  },
];

const FIRST_SECTION = 5;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isUtf8(payload: Buffer): boolean {
  try {
    strict.decode(payload);
    return true;
  } catch {
    return false;
  }
}

const sequences = SEQUENCES.flatMap(({ what, texts }, section) =>
  texts.map((hex, i) => {
    const payload = bytesOf(hex);
    const id = `6.${FIRST_SECTION + section}.${i + 1}`;
    const shape = { steps: [text(payload)] };
    return isUtf8(payload)
      ? echoes(id, `${what}: ${hex}`, shape, arrives(payload))
      : refusesText(id, `${what}: ${hex}`, shape);
  }),
);

export const UTF8: readonly Case[] = [...messages, ...sequences];
