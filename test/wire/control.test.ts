import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../support/service.ts";
import { countIs, goesOn, hear, MODES, meet, ON, textPayload } from "./helpers.ts";
import { CLOSE, CONTINUATION, closePayload, frame, PING, PONG, type RawSocket, TEXT } from "./raw-socket.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: "0" });
});
afterAll(() => service.stop());

/** 125 bytes is the most that a control frame may carry (RFC 6455, section 5.5). */
const PAYLOADS = [Buffer.alloc(0), Buffer.from("Hello"), Buffer.alloc(125, Buffer.of(0, 255, 128, 10))];

for (const mode of MODES) {
  for (const payload of PAYLOADS) {
    const bytes = payload.length;

    test(`[WIRE-2] a ping of ${bytes} bytes is answered by a pong with the same: ${mode}`, async () => {
      const { raw } = await meet(service, mode);
      raw.send(frame(PING, payload));
      const pong = { fin: true, rsv: 0, masked: false, opcode: PONG, lengthBits: 7, payload };
      expect(await raw.next()).toEqual(pong);
    });

    test(`[WIRE-3] a pong of ${bytes} bytes that nobody asked for is ignored: ${mode}`, async () => {
      const { raw, witness } = await meet(service, mode);
      raw.send(frame(PONG, payload), frame(PONG, payload), frame(TEXT, textPayload(mode, "after a pong")));
      expect(await hear(witness, 1)).toEqual([{ seq: 1, data: "after a pong" }]);
      // The first that the sender gets is its own message: a pong is not answered either.
      expect(await raw.next()).toMatchObject({ opcode: TEXT });
      raw.send(frame(PING, "well?"));
      expect(await raw.next()).toMatchObject({ opcode: PONG, payload: Buffer.from("well?") });
    });
  }

  test(`[WIRE-2] pings in a row are answered in their order: ${mode}`, async () => {
    const { raw } = await meet(service, mode);
    const names = ["one", "two", "three", "four"];
    for (const name of names) {
      raw.send(frame(PING, name));
      expect(await raw.next()).toMatchObject({ opcode: PONG, payload: Buffer.from(name) });
    }
  });

  test(`[WIRE-2] a ping is answered while the room sleeps, and a message wakes it: ${mode}`, async () => {
    const { room, raw, witness } = await meet(service, mode);
    await service.evict(room);
    raw.send(frame(PING, "asleep?"));
    expect(await raw.next()).toMatchObject({ opcode: PONG, payload: Buffer.from("asleep?") });
    expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
  });

  test(`[WIRE-3] a pong between the fragments of a message is ignored: ${mode}`, async () => {
    const { raw, witness } = await meet(service, mode);
    const payload = textPayload(mode, "in two parts");
    raw.send(frame(TEXT, payload.subarray(0, 5), { fin: false }), frame(PONG, "here"));
    raw.send(frame(CONTINUATION, payload.subarray(5)));
    expect(await hear(witness, 1)).toEqual([{ seq: 1, data: "in two parts" }]);
  });
}

const CODES = [1000, 1001, 3000, 4999];
const REASONS = ["", "good night"];
/** A reason has at most 123 bytes; these are fewer characters. */
const LONGEST = "é".repeat(61).concat(".");

for (const mode of MODES) {
  for (const code of CODES) {
    for (const reason of code === 1000 ? [...REASONS, LONGEST] : REASONS) {
      const why = reason === "" ? "without a reason" : `with a reason of ${Buffer.byteLength(reason)} bytes`;

      test(`[CLOSE-1] ${code} ${why} is answered with ${code}, and the connection ends: ${mode}`, async () => {
        const { room, raw, witness } = await meet(service, mode);
        await countIs(service, room, 2);
        raw.send(frame(CLOSE, closePayload(code, reason)));
        const answer = await raw.next();
        expect(answer).toMatchObject({ fin: true, rsv: 0, masked: false, opcode: CLOSE });
        expect(answer.payload.readUInt16BE(0)).toBe(code);
        expect(await raw.end()).toEqual([]);
        await countIs(service, room, 1);
        expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
      });
    }
  }

  test(`[CLOSE-1] a close without a code is answered with none, and the connection ends: ${mode}`, async () => {
    const { room, raw, witness } = await meet(service, mode);
    await countIs(service, room, 2);
    raw.send(frame(CLOSE));
    expect(await raw.next()).toMatchObject({ fin: true, opcode: CLOSE, payload: Buffer.alloc(0) });
    expect(await raw.end()).toEqual([]);
    await countIs(service, room, 1);
    expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
  });

  test(`[CLOSE-1] a close is answered by a room that was asleep: ${mode}`, async () => {
    const { room, raw } = await meet(service, mode);
    await service.evict(room);
    raw.send(frame(CLOSE, closePayload(3000, "good night")));
    expect((await raw.next()).payload.readUInt16BE(0)).toBe(3000);
    expect(await raw.end()).toEqual([]);
    await countIs(service, room, 1);
  });

  test(`[CLOSE-1] a close in the middle of a message is answered, and the message is dropped: ${mode}`, async () => {
    const { room, raw, witness } = await meet(service, mode);
    raw.send(frame(TEXT, textPayload(mode, "never ended"), { fin: false }), frame(CLOSE, closePayload(1001)));
    expect((await raw.next()).payload.readUInt16BE(0)).toBe(1001);
    expect(await raw.end()).toEqual([]);
    await countIs(service, room, 1);
    expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
  });

  test(`[CLOSE-1] what comes after a close is not heard: ${mode}`, async () => {
    const { room, raw, witness } = await meet(service, mode);
    raw.send(frame(CLOSE, closePayload(1000)), frame(TEXT, textPayload(mode, "too late")), frame(PING, "?"));
    const answer = await raw.next();
    expect(answer.opcode).toBe(CLOSE);
    expect(answer.payload.readUInt16BE(0)).toBe(1000);
    expect(await raw.end()).toEqual([]);
    await countIs(service, room, 1);
    expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
  });
}

const LOSSES: [string, (raw: RawSocket) => void][] = [
  ["ended", (raw) => raw.finish()],
  ["dropped", (raw) => raw.drop()],
  ["reset", (raw) => raw.reset()],
];

for (const mode of MODES) {
  for (const [how, lose] of LOSSES) {
    test(`[CLOSE-2] a connection that is ${how} leaves the room: ${mode}`, async () => {
      const { room, raw, witness } = await meet(service, mode);
      await countIs(service, room, 2);
      lose(raw);
      await countIs(service, room, 1);
      expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
    });

    test(`[CLOSE-2] a connection that is ${how} in the middle of a message leaves nothing of it: ${mode}`, async () => {
      const { room, raw, witness } = await meet(service, mode);
      await countIs(service, room, 2);
      raw.send(frame(TEXT, textPayload(mode, "half"), { fin: false }), frame(PING));
      expect((await raw.next()).opcode).toBe(PONG);
      raw.send(frame(CONTINUATION, Buffer.alloc(1000)).subarray(0, 500));
      lose(raw);
      await countIs(service, room, 1);
      expect(await goesOn(witness)).toEqual([{ seq: 1, data: ON }]);
    });

    test(`[CLOSE-2] a connection that is ${how} while the room sleeps leaves it: ${mode}`, async () => {
      const { room, raw } = await meet(service, mode);
      await service.evict(room);
      lose(raw);
      await countIs(service, room, 1);
    });
  }
}
