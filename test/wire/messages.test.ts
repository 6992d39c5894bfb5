import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeBinary } from "../../src/protocol/binary.ts";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { type Service, startService } from "../support/service.ts";
import {
  ALIVE,
  binaryPayload,
  expectAlive,
  joinRaw,
  MODES,
  openRoom,
  receive,
  textPayload,
} from "./helpers.ts";
import { BINARY, CONTINUATION, frame, PING, PONG, TEXT } from "./raw-socket.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: "0" });
});
afterAll(() => service.stop());

const TEXT_DATA = "the quick brown fox jumps over the lazy dog";
const BINARY_DATA = Buffer.from([0, 1, 2, 3, 127, 128, 254, 255, 0, 10, 13, 0]);

/** Cuts a payload into three parts. */
function cut(payload: Buffer): [Buffer, Buffer, Buffer] {
  const third = Math.ceil(payload.length / 3);
  return [payload.subarray(0, third), payload.subarray(third, 2 * third), payload.subarray(2 * third)];
}

for (const mode of MODES) {
  for (const kind of ["text", "binary"] as const) {
    const opcode = kind === "text" ? TEXT : BINARY;
    const data = kind === "text" ? TEXT_DATA : BINARY_DATA;
    const payload = kind === "text" ? textPayload(mode, TEXT_DATA) : binaryPayload(mode, BINARY_DATA);
    const [a, b, c] = cut(payload);

    test(`[WIRE-1] delivers a ${kind} message in three fragments as one: ${mode}`, async () => {
      const { raw, observer } = await openRoom(service, mode);
      raw.send(
        frame(opcode, a, { fin: false }),
        frame(CONTINUATION, b, { fin: false }),
        frame(CONTINUATION, c),
      );
      expect(await receive(observer, 1)).toEqual([{ seq: 1, data }]);
      expect(await expectAlive(observer)).toEqual([{ seq: 2, data: ALIVE }]);
    });

    test(`[WIRE-1] answers pings between the fragments of a ${kind} message: ${mode}`, async () => {
      const { raw, observer } = await openRoom(service, mode);
      raw.send(frame(opcode, a, { fin: false }), frame(PING, "1"), frame(CONTINUATION, b, { fin: false }));
      raw.send(frame(PING, "2"));
      for (const payload of ["1", "2"]) {
        expect(await raw.next()).toMatchObject({ fin: true, opcode: PONG, payload: Buffer.from(payload) });
      }
      raw.send(frame(CONTINUATION, c));
      expect(await receive(observer, 1)).toEqual([{ seq: 1, data }]);
      expect(await expectAlive(observer)).toEqual([{ seq: 2, data: ALIVE }]);
    });

    test(`[WIRE-1] ignores empty fragments of a ${kind} message: ${mode}`, async () => {
      const { raw, observer } = await openRoom(service, mode);
      const empty = frame(CONTINUATION, "", { fin: false });
      raw.send(frame(opcode, "", { fin: false }), empty, frame(CONTINUATION, payload, { fin: false }), empty);
      raw.send(frame(CONTINUATION));
      expect(await receive(observer, 1)).toEqual([{ seq: 1, data }]);
      expect(await expectAlive(observer)).toEqual([{ seq: 2, data: ALIVE }]);
    });
  }

  test(`[WIRE-1] accepts a text message that is cut inside characters: ${mode}`, async () => {
    const { raw, observer } = await openRoom(service, mode);
    const data = "é€😀";
    // One frame per byte cuts every character at every byte.
    const bytes = [...textPayload(mode, data)].map((byte) => Buffer.of(byte));
    const frames = bytes.map((byte, i) =>
      frame(i === 0 ? TEXT : CONTINUATION, byte, { fin: i === bytes.length - 1 }),
    );
    raw.send(...frames);
    expect(await receive(observer, 1)).toEqual([{ seq: 1, data }]);
  });

  test(`[WIRE-1] keeps two fragmented messages apart: ${mode}`, async () => {
    const { raw, observer } = await openRoom(service, mode);
    for (const data of ["first", "second"]) {
      const [a, b, c] = cut(textPayload(mode, data));
      raw.send(
        frame(TEXT, a, { fin: false }),
        frame(CONTINUATION, b, { fin: false }),
        frame(CONTINUATION, c),
      );
    }
    expect(await receive(observer, 2)).toEqual([
      { seq: 1, data: "first" },
      { seq: 2, data: "second" },
    ]);
  });
}

/** The limits of the three length encodings (RFC 6455, section 5.2). */
const LENGTHS = [
  { bytes: 0, lengthBits: 7 },
  { bytes: 125, lengthBits: 7 },
  { bytes: 126, lengthBits: 16 },
  { bytes: 65_535, lengthBits: 16 },
  { bytes: 65_536, lengthBits: 64 },
] as const;

test("[ORD-2] delivers plain text and binary frames of every length encoding in order and unchanged", async () => {
  const { room, raw, observer } = await openRoom(service, "plain");
  const reader = await joinRaw(service, room, "plain");
  const sent = LENGTHS.flatMap(({ bytes, lengthBits }) => [
    { opcode: TEXT, lengthBits, payload: Buffer.alloc(bytes, "text") },
    { opcode: BINARY, lengthBits, payload: Buffer.alloc(bytes, Buffer.of(0, 255, 128, 1)) },
  ]);
  raw.send(...sent.map(({ opcode, payload }) => frame(opcode, payload)));
  for (const socket of [raw, reader]) {
    for (const each of sent) {
      expect(await socket.next()).toEqual({ ...each, fin: true, rsv: 0, masked: false });
    }
  }
  const received = await receive(observer, sent.length);
  expect(received).toEqual(
    sent.map(({ opcode, payload }, i) => ({
      seq: i + 1,
      data: opcode === TEXT ? payload.toString() : payload,
    })),
  );
});

test("[ORD-2] delivers dormouse.v1 frames of every length encoding in order and unchanged", async () => {
  const { raw, observer } = await openRoom(service, SUBPROTOCOL);
  const sent: (string | Buffer)[] = [];
  // A publish is never empty.
  for (const { bytes } of LENGTHS.filter(({ bytes }) => bytes > 0)) {
    const text = publish(`t${bytes}`, "");
    const textData = "x".repeat(bytes - text.length);
    const binary = Buffer.from(encodeBinary({ type: "publish", id: `b${bytes}` }, Buffer.alloc(0)));
    const binaryData = Buffer.alloc(bytes - binary.length, Buffer.of(0, 255, 128, 1));
    raw.send(frame(TEXT, publish(`t${bytes}`, textData)), frame(BINARY, Buffer.concat([binary, binaryData])));
    sent.push(textData, binaryData);
  }
  expect(await receive(observer, sent.length)).toEqual(sent.map((data, i) => ({ seq: i + 1, data })));
});

function publish(id: string, data: string): string {
  return JSON.stringify({ type: "publish", id, data });
}
