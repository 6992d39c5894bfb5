import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Service, startService } from "../support/service.ts";
import { TestSocket } from "../support/socket.ts";
import { ALIVE, expectAlive, MODES, openRoom, textPayload, waitForCount } from "./helpers.ts";
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
/** What a client got after a protocol error, until its TCP connection ended. The runtime takes ten seconds. */
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

/** An invalid sequence of frames. `payload` is that of a valid message. */
type ProtocolError = { what: string; frames: (payload: Buffer) => Buffer[] };

const start = (opcode: number, payload: Buffer) => frame(opcode, payload, { fin: false });

const RESERVED: ProtocolError[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
  what: `the reserved opcode ${opcode}`,
  frames: (payload) => [frame(opcode, payload)],
}));

const BITS: ProtocolError[] = [
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

const FRAGMENTS: ProtocolError[] = [
  ...[CLOSE, PING, PONG].map((opcode) => ({
    what: `a control frame of opcode ${opcode} in fragments`,
    frames: () => [frame(opcode, closePayload(1000), { fin: false }), frame(CONTINUATION)],
  })),
  { what: "a continuation without a start", frames: (payload) => [frame(CONTINUATION, payload)] },
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
    what: "a fragmented message inside another",
    frames: (payload) => [start(TEXT, payload), start(TEXT, payload), frame(CONTINUATION)],
  },
];

/** Codes that a close frame must not have (section 7.4). */
const CODES: ProtocolError[] = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535].map(
  (code) => ({
    what: `the close code ${code}`,
    frames: () => [frame(CLOSE, closePayload(code, "why not"))],
  }),
);

/** The runtime detects these in any subprotocol, so one of each group is enough for `dormouse.v1`. */
const ERRORS = {
  plain: [...RESERVED, ...BITS, ...FRAGMENTS, ...CODES],
  "dormouse.v1": [RESERVED, BITS, FRAGMENTS, CODES].flatMap((group) => group.slice(0, 1)),
};

for (const mode of MODES) {
  for (const { what, frames } of ERRORS[mode]) {
    test(`[CLOSE-3] closes a connection with 1002 after ${what}, and the room goes on: ${mode}`, async () => {
      const { room, raw, observer } = await openRoom(service, mode);
      await waitForCount(service, room, 2);
      raw.send(...frames(textPayload(mode, "invalid")), frame(TEXT, textPayload(mode, "after the error")));
      const answer = await raw.next();
      expect(answer).toMatchObject({ fin: true, rsv: 0, masked: false, opcode: CLOSE });
      expect(answer.payload.readUInt16BE(0)).toBe(PROTOCOL_ERROR);
      await waitForCount(service, room, 1);
      expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
    });
  }
}

const NOT_UTF8 = Buffer.of(0x61, 0xff, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xe2, 0x82);

// The highest bit of a 64-bit length must be 0 (section 5.2).
const impossible = frame(BINARY, Buffer.alloc(65_536));
impossible.writeUInt8(impossible.readUInt8(2) | 0x80, 2);

/** The runtime tolerates some of these. Whatever it does with the connection, the room must go on. */
const LENIENT: ProtocolError[] = [
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
  test(`[CLOSE-3] keeps the room alive after ${what}`, async () => {
    const { room, raw, observer } = await openRoom(service, "plain");
    raw.send(...frames(textPayload("plain", "invalid")));
    raw.finish();
    await waitForCount(service, room, 1);
    expect((await expectAlive(observer)).at(-1)).toMatchObject({ data: ALIVE });
  });
}

for (const mode of MODES) {
  test(`[CLOSE-3] never delivers invalid UTF-8 as text: ${mode}`, async () => {
    const { room, raw, observer } = await openRoom(service, mode);
    // `ws` checks UTF-8, as browsers do, and closes with 1007.
    const strict = await TestSocket.open(service.room(room));
    onTestFinished(() => strict.ws.terminate());
    const [before = "", after = ""] = textPayload(mode, "<here>").toString().split("<here>");
    raw.send(frame(TEXT, Buffer.concat([Buffer.from(before), NOT_UTF8, Buffer.from(after)])));
    raw.finish();
    await waitForCount(service, room, 2);
    await expectAlive(observer);
    const arrived = await strict.next();
    // The message arrives with U+FFFD, or does not arrive.
    if ("text" in arrived && arrived.text !== ALIVE) expect(await strict.next()).toEqual({ text: ALIVE });
    else expect(arrived).toEqual({ text: ALIVE });
  });
}

test("[CLOSE-3] ends the TCP connection after a protocol error without the client's help", async () => {
  const sent = await lingering;
  expect(sent.map(({ opcode, payload }) => [opcode, payload.readUInt16BE(0)])).toEqual([
    [CLOSE, PROTOCOL_ERROR],
  ]);
});
