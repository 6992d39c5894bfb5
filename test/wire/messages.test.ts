import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeBinary } from "../../src/protocol/binary.ts";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { type Service, startService } from "../support/service.ts";
import { binaryPayload, enter, goesOn, hear, MODES, meet, ON, textPayload } from "./helpers.ts";
import { BINARY, CONTINUATION, frame, PING, PONG, TEXT } from "./raw-socket.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: "0" });
});
afterAll(() => service.stop());

const TEXT_DATA = "a dormouse is asleep, as it mostly is";
const BINARY_DATA = Buffer.from([0, 1, 2, 3, 127, 128, 254, 255, 0, 10, 13, 0]);

/** Cuts a payload in three. */
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

    test(`[WIRE-1] a ${kind} message split over continuation frames arrives as one: ${mode}`, async () => {
      const { raw, witness } = await meet(service, mode);
      raw.send(
        frame(opcode, a, { fin: false }),
        frame(CONTINUATION, b, { fin: false }),
        frame(CONTINUATION, c),
      );
      expect(await hear(witness, 1)).toEqual([{ seq: 1, data }]);
      expect(await goesOn(witness)).toEqual([{ seq: 2, data: ON }]);
    });

    test(`[WIRE-1] a ping between the fragments of a ${kind} message is answered before its end: ${mode}`, async () => {
      const { raw, witness } = await meet(service, mode);
      raw.send(frame(opcode, a, { fin: false }), frame(PING, "1"), frame(CONTINUATION, b, { fin: false }));
      raw.send(frame(PING, "2"));
      for (const payload of ["1", "2"]) {
        expect(await raw.next()).toMatchObject({ fin: true, opcode: PONG, payload: Buffer.from(payload) });
      }
      raw.send(frame(CONTINUATION, c));
      expect(await hear(witness, 1)).toEqual([{ seq: 1, data }]);
      expect(await goesOn(witness)).toEqual([{ seq: 2, data: ON }]);
    });

    test(`[WIRE-1] empty fragments add nothing to a ${kind} message: ${mode}`, async () => {
      const { raw, witness } = await meet(service, mode);
      const empty = frame(CONTINUATION, "", { fin: false });
      raw.send(frame(opcode, "", { fin: false }), empty, frame(CONTINUATION, payload, { fin: false }), empty);
      raw.send(frame(CONTINUATION));
      expect(await hear(witness, 1)).toEqual([{ seq: 1, data }]);
      expect(await goesOn(witness)).toEqual([{ seq: 2, data: ON }]);
    });
  }

  test(`[WIRE-1] a text message may be cut inside a character: ${mode}`, async () => {
    const { raw, witness } = await meet(service, mode);
    const data = "é€😀";
    // One frame for each byte, so that every character is cut wherever it can be.
    const bytes = [...textPayload(mode, data)].map((byte) => Buffer.of(byte));
    const frames = bytes.map((byte, i) =>
      frame(i === 0 ? TEXT : CONTINUATION, byte, { fin: i === bytes.length - 1 }),
    );
    raw.send(...frames);
    expect(await hear(witness, 1)).toEqual([{ seq: 1, data }]);
  });

  test(`[WIRE-1] two split messages in a row stay two: ${mode}`, async () => {
    const { raw, witness } = await meet(service, mode);
    for (const data of ["first", "second"]) {
      const [a, b, c] = cut(textPayload(mode, data));
      raw.send(
        frame(TEXT, a, { fin: false }),
        frame(CONTINUATION, b, { fin: false }),
        frame(CONTINUATION, c),
      );
    }
    expect(await hear(witness, 2)).toEqual([
      { seq: 1, data: "first" },
      { seq: 2, data: "second" },
    ]);
  });
}

/** The edges of the three forms in which a frame tells its length (RFC 6455, section 5.2). */
const LENGTHS = [
  { bytes: 0, lengthBits: 7 },
  { bytes: 125, lengthBits: 7 },
  { bytes: 126, lengthBits: 16 },
  { bytes: 65_535, lengthBits: 16 },
  { bytes: 65_536, lengthBits: 64 },
] as const;

test("[ORD-2] text and binary frames of every length form keep their order and their bytes, both ways", async () => {
  const { room, raw, witness } = await meet(service, "plain");
  const reader = await enter(service, room, "plain");
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
  const heard = await hear(witness, sent.length);
  expect(heard).toEqual(
    sent.map(({ opcode, payload }, i) => ({
      seq: i + 1,
      data: opcode === TEXT ? payload.toString() : payload,
    })),
  );
});

test("[ORD-2] dormouse.v1 frames of every length form keep their order and their bytes", async () => {
  const { raw, witness } = await meet(service, SUBPROTOCOL);
  const sent: (string | Buffer)[] = [];
  // What surrounds the data is longer than the empty frame.
  for (const { bytes } of LENGTHS.filter(({ bytes }) => bytes > 0)) {
    const text = publish(`t${bytes}`, "");
    const textData = "x".repeat(bytes - text.length);
    const binary = Buffer.from(encodeBinary({ type: "publish", id: `b${bytes}` }, Buffer.alloc(0)));
    const binaryData = Buffer.alloc(bytes - binary.length, Buffer.of(0, 255, 128, 1));
    raw.send(frame(TEXT, publish(`t${bytes}`, textData)), frame(BINARY, Buffer.concat([binary, binaryData])));
    sent.push(textData, binaryData);
  }
  expect(await hear(witness, sent.length)).toEqual(sent.map((data, i) => ({ seq: i + 1, data })));
});

function publish(id: string, data: string): string {
  return JSON.stringify({ type: "publish", id, data });
}
