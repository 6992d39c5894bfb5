import { PONG, TEXT } from "../raw-socket.ts";
import { binary, type Case, closeWith, echoes, fails, ping, pong, reserved, rest, text } from "./case.ts";

const HELLO = "Hello, world!";
const hello = [{ opcode: TEXT, payload: Buffer.from(HELLO) }];
const BYTES = Buffer.of(0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff);

/** A message, the invalid frame, and a ping that gets no answer. */
const around = (invalid: ReturnType<typeof text>) => [text(HELLO), invalid, ping()];

/** Section 3: the reserved bits (RFC 6455, section 5.2). */
export const RESERVED_BITS: readonly Case[] = [
  fails("3.1", "text with RSV 1", { steps: [text(HELLO, { rsv: 1 })] }),
  fails(
    "3.2",
    "text with RSV 2 after a message",
    { steps: around(text(HELLO, { rsv: 2 })) },
    { frames: hello },
  ),
  fails(
    "3.3",
    "the same with RSV 3, frame by frame",
    { steps: around(text(HELLO, { rsv: 3 })), cut: "frames" },
    { frames: hello },
  ),
  fails(
    "3.4",
    "the same with RSV 4, byte by byte",
    { steps: around(text(HELLO, { rsv: 4 })), cut: 1 },
    { frames: hello },
  ),
  fails("3.5", "binary with RSV 5", { steps: [binary(BYTES, { rsv: 5 })] }),
  fails("3.6", "a ping with RSV 6", { steps: [ping(HELLO, { rsv: 6 })] }),
  fails("3.7", "a close with RSV 7", { steps: [closeWith("", { rsv: 7 })] }),
];

/** Section 4: the reserved opcodes (RFC 6455, section 5.2). */
export const RESERVED_OPCODES: readonly Case[] = [3, 11].flatMap((first, section) => [
  fails(`4.${section + 1}.1`, `the opcode ${first}`, { steps: [reserved(first)] }),
  fails(`4.${section + 1}.2`, `the opcode ${first + 1} with payload`, {
    steps: [reserved(first + 1, "reserved")],
  }),
  fails(
    `4.${section + 1}.3`,
    `the opcode ${first + 2} after a message`,
    { steps: around(reserved(first + 2)) },
    { frames: hello },
  ),
  fails(
    `4.${section + 1}.4`,
    `the opcode ${first + 3} with payload after a message`,
    { steps: around(reserved(first + 3, HELLO)) },
    { frames: hello },
  ),
  fails(
    `4.${section + 1}.5`,
    `the opcode ${first + 4} with payload after a message, byte by byte`,
    { steps: around(reserved(first + 4, HELLO)), cut: 1 },
    { frames: hello },
  ),
]);

const a = text("fragment1", { fin: false });
const b = rest("fragment2");
const both = { opcode: TEXT, payload: Buffer.from("fragment1fragment2") };
const between = ping("between");
const answered = { opcode: PONG, payload: Buffer.from("between") };
const CUTS = [
  { how: "in one write", cut: {} },
  { how: "frame by frame", cut: { cut: "frames" } },
  { how: "byte by byte", cut: { cut: 1 } },
] as const;

const five = ["fragment1", "fragment2", "fragment3", "fragment4", "fragment5"] as const;
const long = [
  text(five[0], { fin: false }),
  rest(five[1], { fin: false }),
  ping("first"),
  rest(five[2], { fin: false }),
  rest(five[3], { fin: false }),
  ping("second"),
  rest(five[4]),
];
const longAnswers = [
  { opcode: PONG, payload: Buffer.from("first") },
  { opcode: PONG, payload: Buffer.from("second") },
  { opcode: TEXT, payload: Buffer.from(five.join("")) },
];
const orphan = (fin: boolean) => rest("orphan", { fin });
const again = (fin: boolean) => [orphan(fin), text("fragment2", { fin: false }), rest("fragment3")];

/** Section 5: fragments (RFC 6455, section 5.4). */
export const FRAGMENTATION: readonly Case[] = [
  fails("5.1", "a ping in two fragments", { steps: [ping("fragment1", { fin: false }), b] }),
  fails("5.2", "a pong in two fragments", { steps: [pong("fragment1", { fin: false }), b] }),
  ...CUTS.map(({ how, cut }, i) =>
    echoes(`5.${3 + i}`, `text in two fragments, ${how}`, { steps: [a, b], ...cut }, [both]),
  ),
  ...CUTS.map(({ how, cut }, i) =>
    echoes(`5.${6 + i}`, `a ping between two fragments, ${how}`, { steps: [a, between, b], ...cut }, [
      answered,
      both,
    ]),
  ),
  ...[true, false].flatMap((fin, k) =>
    CUTS.map(({ how, cut }, i) => {
      const what = `a continuation without a start (${fin ? "" : "not "}the last), then text, ${how}`;
      return fails(`5.${9 + 3 * k + i}`, what, { steps: [orphan(fin), text(HELLO)], ...cut });
    }),
  ),
  fails(
    "5.15",
    "a message in two fragments, then a continuation without a start",
    { steps: [a, b, orphan(false), text("fragment4")] },
    { frames: [both] },
  ),
  fails("5.16", "twice: a continuation without a start (not the last), then a message", {
    steps: [...again(false), ...again(false)],
  }),
  fails("5.17", "twice: a continuation without a start (the last), then a message", {
    steps: [...again(true), ...again(true)],
  }),
  fails("5.18", "two text frames as fragments of one message", { steps: [a, text("fragment2")] }),
  echoes(
    "5.19",
    "five fragments with two pings, and a pause",
    { steps: [...long.slice(0, 3), 50, ...long.slice(3)] },
    longAnswers,
  ),
  echoes(
    "5.20",
    "the same, frame by frame",
    { steps: [...long.slice(0, 3), 50, ...long.slice(3)], cut: "frames" },
    longAnswers,
  ),
];
