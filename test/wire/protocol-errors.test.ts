import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Service, startService } from "../support/service.ts";
import { TestSocket } from "../support/socket.ts";
import { countIs, goesOn, MODES, meet, ON, textPayload } from "./helpers.ts";
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closePayload,
  frame,
  PING,
  PONG,
  RawSocket,
  type Received,
  RSV1,
  RSV2,
  RSV3,
  TEXT,
} from "./raw-socket.ts";

let service: Service;
/** What an offender was sent until its TCP connection ended; the runtime takes ten seconds for that. */
let lingering: Promise<Received[]>;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: "0" });
  const raw = await RawSocket.open(service.room("lingering"));
  raw.send(frame(3));
  lingering = raw.end(25_000);
  lingering.catch(() => {});
});
afterAll(() => service.stop());

const PROTOCOL_ERROR = 1002;

/** What an offender sends; `payload` would be a message in that mode. */
type Breach = { what: string; frames: (payload: Buffer) => Buffer[] };

const start = (opcode: number, payload: Buffer) => frame(opcode, payload, { fin: false });

const RESERVED: Breach[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
  what: `the reserved opcode ${opcode}`,
  frames: (payload) => [frame(opcode, payload)],
}));

const BITS: Breach[] = [
  ...[RSV1, RSV2, RSV3].flatMap((rsv) => [
    { what: `bit ${rsv} on text`, frames: (payload: Buffer) => [frame(TEXT, payload, { rsv })] },
    { what: `bit ${rsv} on binary`, frames: (payload: Buffer) => [frame(BINARY, payload, { rsv })] },
    {
      what: `bit ${rsv} on a continuation`,
      frames: (payload: Buffer) => [start(TEXT, payload), frame(CONTINUATION, "", { rsv })],
    },
    { what: `bit ${rsv} on a close`, frames: () => [frame(CLOSE, closePayload(1000), { rsv })] },
  ]),
  ...[RSV2, RSV3].flatMap((rsv) => [
    { what: `bit ${rsv} on a ping`, frames: () => [frame(PING, "?", { rsv })] },
    { what: `bit ${rsv} on a pong`, frames: () => [frame(PONG, "!", { rsv })] },
  ]),
];

const FRAGMENTS: Breach[] = [
  ...[CLOSE, PING, PONG].map((opcode) => ({
    what: `a control frame of opcode ${opcode} in fragments`,
    frames: () => [frame(opcode, closePayload(1000), { fin: false }), frame(CONTINUATION)],
  })),
  { what: "a continuation of nothing", frames: (payload) => [frame(CONTINUATION, payload)] },
  {
    what: "a text frame inside a fragmented text message",
    frames: (payload) => [start(TEXT, payload), frame(TEXT, payload)],
  },
  {
    what: "a binary frame inside a fragmented text message",
    frames: (payload) => [start(TEXT, payload), frame(BINARY, payload)],
  },
  {
    what: "a text frame inside a fragmented binary message",
    frames: (payload) => [start(BINARY, payload), frame(TEXT, payload)],
  },
  {
    what: "a text frame after the second fragment of a message",
    frames: (payload) => [start(TEXT, payload), start(CONTINUATION, payload), frame(TEXT, payload)],
  },
  {
    what: "a new message in fragments inside another",
    frames: (payload) => [start(TEXT, payload), start(TEXT, payload), frame(CONTINUATION)],
  },
];

/** 1004 is reserved, 1005, 1006 and 1015 are never sent, 1016-2999 not assigned; outside of 1000-4999 there are no codes (section 7.4). */
const CODES: Breach[] = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535].map((code) => ({
  what: `the close code ${code}`,
  frames: () => [frame(CLOSE, closePayload(code, "why not"))],
}));

/** The runtime finds most of these, whatever the socket speaks: on `dormouse.v1`, one of each group will do. */
const BREACHES = {
  plain: [...RESERVED, ...BITS, ...FRAGMENTS, ...CODES],
  "dormouse.v1": [RESERVED, BITS, FRAGMENTS, CODES].flatMap((group) => group.slice(0, 1)),
};

for (const mode of MODES) {
  for (const { what, frames } of BREACHES[mode]) {
    test(`[CLOSE-3] ${what} ends that connection with 1002, and the room goes on: ${mode}`, async () => {
      const { room, raw, witness } = await meet(service, mode);
      await countIs(service, room, 2);
      raw.send(...frames(textPayload(mode, "a breach")), frame(TEXT, textPayload(mode, "after the breach")));
      const answer = await raw.next();
      expect(answer).toMatchObject({ fin: true, rsv: 0, masked: false, opcode: CLOSE });
      expect(answer.payload.readUInt16BE(0)).toBe(PROTOCOL_ERROR);
      await countIs(service, room, 1);
      expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
    });
  }
}

const NOT_UTF8 = Buffer.of(0x61, 0xff, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xe2, 0x82);

// The highest bit of a 64-bit length must be 0 (section 5.2).
const impossible = frame(BINARY, Buffer.alloc(65_536));
impossible.writeUInt8(impossible.readUInt8(2) | 0x80, 2);

/** The runtime is lenient with these. What becomes of the connection is its affair; the room must not suffer. */
const LENIENT: Breach[] = [
  ...[TEXT, BINARY, PING, PONG].map((opcode) => ({
    what: `an unmasked frame of opcode ${opcode}`,
    frames: (payload: Buffer) => [frame(opcode, payload, { mask: false })],
  })),
  { what: "an unmasked close", frames: () => [frame(CLOSE, closePayload(1000), { mask: false })] },
  ...[PING, PONG].flatMap((opcode) => [
    { what: `126 bytes in a frame of opcode ${opcode}`, frames: () => [frame(opcode, Buffer.alloc(126))] },
    { what: `bit ${RSV1} on a frame of opcode ${opcode}`, frames: () => [frame(opcode, "?", { rsv: RSV1 })] },
  ]),
  { what: "126 bytes in a close", frames: () => [frame(CLOSE, closePayload(1000, "x".repeat(124)))] },
  { what: "one byte in a close", frames: () => [frame(CLOSE, "x")] },
  { what: "the close code 1005", frames: () => [frame(CLOSE, closePayload(1005))] },
  { what: "a close reason that is not UTF-8", frames: () => [frame(CLOSE, closePayload(1000, NOT_UTF8))] },
  { what: "a length over 2^63 bytes", frames: () => [impossible] },
];

for (const { what, frames } of LENIENT) {
  test(`[CLOSE-3] the room goes on after ${what}`, async () => {
    const { room, raw, witness } = await meet(service, "plain");
    raw.send(...frames(textPayload("plain", "a breach")));
    raw.finish();
    await countIs(service, room, 1);
    expect((await goesOn(witness)).at(-1)).toMatchObject({ data: ON });
  });
}

for (const mode of MODES) {
  test(`[CLOSE-3] bytes that are not UTF-8 reach nobody as text: ${mode}`, async () => {
    const { room, raw, witness } = await meet(service, mode);
    // Checks the UTF-8 of all that it gets, as browsers do, and would close with 1007.
    const strict = await TestSocket.open(service.room(room));
    onTestFinished(() => strict.ws.terminate());
    const [before = "", after = ""] = textPayload(mode, "<here>").toString().split("<here>");
    raw.send(frame(TEXT, Buffer.concat([Buffer.from(before), NOT_UTF8, Buffer.from(after)])));
    raw.finish();
    await countIs(service, room, 2);
    await goesOn(witness);
    const arrived = await strict.next();
    // The bytes that are none are U+FFFD by then; or the message is not there at all.
    if ("text" in arrived && arrived.text !== ON) expect(await strict.next()).toEqual({ text: ON });
    else expect(arrived).toEqual({ text: ON });
  });
}

test("[CLOSE-3] the TCP connection of an offender ends too, also if it does nothing for that", async () => {
  const sent = await lingering;
  expect(sent.map(({ opcode, payload }) => [opcode, payload.readUInt16BE(0)])).toEqual([
    [CLOSE, PROTOCOL_ERROR],
  ]);
});
