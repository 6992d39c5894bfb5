import { BINARY, TEXT } from "../raw-socket.ts";
import { binary, type Case, echoes, fragments, text } from "./case.ts";

const KIND = { text: TEXT, binary: BINARY } as const;
type Kind = keyof typeof KIND;
const KINDS: readonly Kind[] = ["text", "binary"];
const make = { text, binary } as const;
const FILL = { text: "*", binary: Buffer.of(0xfe) } as const;

const filled = (kind: Kind, bytes: number) => Buffer.alloc(bytes, FILL[kind]);

/** One message in one frame. */
function whole(id: string, kind: Kind, bytes: number, cut?: number): Case {
  const payload = filled(kind, bytes);
  const chopped = cut === undefined ? "" : `, in pieces of ${cut} bytes`;
  const shape = { steps: [make[kind](payload)], ...(cut === undefined ? {} : { cut }) };
  return echoes(id, `a ${kind} message of ${bytes} bytes${chopped}`, shape, [
    { opcode: KIND[kind], payload },
  ]);
}

/** Section 1: the length encodings of a frame (RFC 6455, section 5.2). */
const lengths = KINDS.flatMap((kind, k) => [
  ...[0, 125, 126, 127, 128, 65_535, 65_536].map((bytes, i) => whole(`1.${k + 1}.${i + 1}`, kind, bytes)),
  whole(`1.${k + 1}.8`, kind, 65_536, 997),
]);

const KIB = 1024;
/** The suite's messages have up to 16 MB, more than a room accepts. These have a sixteenth of that, the largest less. */
const LARGE = [4, 16, 64, 256, 512, 768].map((kib) => kib * KIB);
const FRAGMENTED = 256 * KIB;
const FRAGMENTS = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 128 * KIB, 192 * KIB, 256 * KIB];
const CHOPPED = 64 * KIB;
const CHOPS = [64, 128, 256, 512, KIB, 2 * KIB];

/** Sections 9.1 to 9.6: large messages, whole, in fragments and in small pieces. */
const large = KINDS.flatMap((kind, k) => [
  ...LARGE.map((bytes, i) => whole(`9.${k + 1}.${i + 1}`, kind, bytes)),
  ...FRAGMENTS.map((size, i) => {
    const payload = filled(kind, FRAGMENTED);
    const what = `a ${kind} message of ${FRAGMENTED} bytes in fragments of ${size}`;
    const opcode = KIND[kind];
    return echoes(`9.${k + 3}.${i + 1}`, what, { steps: fragments(opcode, payload, size) }, [
      { opcode, payload },
    ]);
  }),
  ...CHOPS.map((cut, i) => whole(`9.${k + 5}.${i + 1}`, kind, CHOPPED, cut)),
]);

/** Sections 9.7 and 9.8: many messages of one size. The suite sends a thousand. */
const MANY = 100;
const many = KINDS.flatMap((kind, k) =>
  [0, 16, 64, 256, KIB, 4 * KIB].map((bytes, i) => {
    const payload = filled(kind, bytes);
    const steps = Array.from({ length: MANY }, () => make[kind](payload));
    const wanted = steps.map(() => ({ opcode: KIND[kind], payload }));
    return echoes(`9.${k + 7}.${i + 1}`, `${MANY} ${kind} messages of ${bytes} bytes`, { steps }, wanted);
  }),
);

/** Section 10: automatic fragmentation. */
const payload = filled("text", 65_536);
const automatic = echoes(
  "10.1.1",
  "a text message of 65536 bytes in fragments of 1300",
  { steps: fragments(TEXT, payload, 1300) },
  [{ opcode: TEXT, payload }],
);

export const FRAMING: readonly Case[] = [...lengths, ...large, ...many, automatic];
