import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../support/service.ts";
import { ALIVE, expectAlive, MODES, openRoom, receive, textPayload, waitForCount } from "./helpers.ts";
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

    test(`[WIRE-2] answers a ping of ${bytes} bytes with the same payload: ${mode}`, async () => {
      const { raw } = await openRoom(service, mode);
      raw.send(frame(PING, payload));
      const pong = { fin: true, rsv: 0, masked: false, opcode: PONG, lengthBits: 7, payload };
      expect(await raw.next()).toEqual(pong);
    });

    test(`[WIRE-3] ignores an unsolicited pong of ${bytes} bytes: ${mode}`, async () => {
      const { raw, observer } = await openRoom(service, mode);
      raw.send(frame(PONG, payload), frame(PONG, payload), frame(TEXT, textPayload(mode, "after a pong")));
      expect(await receive(observer, 1)).toEqual([{ seq: 1, data: "after a pong" }]);
      // The sender gets its own message first, so the pong was not answered.
      expect(await raw.next()).toMatchObject({ opcode: TEXT });
      raw.send(frame(PING, "ping"));
      expect(await raw.next()).toMatchObject({ opcode: PONG, payload: Buffer.from("ping") });
    });
  }

  test(`[WIRE-2] answers pings in order: ${mode}`, async () => {
    const { raw } = await openRoom(service, mode);
    const names = ["one", "two", "three", "four"];
    for (const name of names) {
      raw.send(frame(PING, name));
      expect(await raw.next()).toMatchObject({ opcode: PONG, payload: Buffer.from(name) });
    }
  });

  test(`[WIRE-2] answers a ping while the room hibernates: ${mode}`, async () => {
    const { room, raw, observer } = await openRoom(service, mode);
    await service.evict(room);
    raw.send(frame(PING, "ping"));
    expect(await raw.next()).toMatchObject({ opcode: PONG, payload: Buffer.from("ping") });
    expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
  });

  test(`[WIRE-3] ignores a pong between the fragments of a message: ${mode}`, async () => {
    const { raw, observer } = await openRoom(service, mode);
    const payload = textPayload(mode, "in two parts");
    raw.send(frame(TEXT, payload.subarray(0, 5), { fin: false }), frame(PONG, "here"));
    raw.send(frame(CONTINUATION, payload.subarray(5)));
    expect(await receive(observer, 1)).toEqual([{ seq: 1, data: "in two parts" }]);
  });
}

const CODES = [1000, 1001, 3000, 4999];
const REASONS = ["", "goodbye"];
/** A reason has at most 123 bytes; these are fewer characters. */
const LONGEST = "é".repeat(61).concat(".");

for (const mode of MODES) {
  for (const code of CODES) {
    for (const reason of code === 1000 ? [...REASONS, LONGEST] : REASONS) {
      const suffix = reason === "" ? "" : ` and a reason of ${Buffer.byteLength(reason)} bytes`;

      test(`[CLOSE-1] answers a close with ${code}${suffix}, and ends the connection: ${mode}`, async () => {
        const { room, raw, observer } = await openRoom(service, mode);
        await waitForCount(service, room, 2);
        raw.send(frame(CLOSE, closePayload(code, reason)));
        const answer = await raw.next();
        expect(answer).toMatchObject({ fin: true, rsv: 0, masked: false, opcode: CLOSE });
        expect(answer.payload.readUInt16BE(0)).toBe(code);
        expect(await raw.end()).toEqual([]);
        await waitForCount(service, room, 1);
        expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
      });
    }
  }

  test(`[CLOSE-1] answers a close without a code, and ends the connection: ${mode}`, async () => {
    const { room, raw, observer } = await openRoom(service, mode);
    await waitForCount(service, room, 2);
    raw.send(frame(CLOSE));
    expect(await raw.next()).toMatchObject({ fin: true, opcode: CLOSE, payload: Buffer.alloc(0) });
    expect(await raw.end()).toEqual([]);
    await waitForCount(service, room, 1);
    expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
  });

  test(`[CLOSE-1] answers a close while the room hibernates: ${mode}`, async () => {
    const { room, raw } = await openRoom(service, mode);
    await service.evict(room);
    raw.send(frame(CLOSE, closePayload(3000, "goodbye")));
    expect((await raw.next()).payload.readUInt16BE(0)).toBe(3000);
    expect(await raw.end()).toEqual([]);
    await waitForCount(service, room, 1);
  });

  test(`[CLOSE-1] answers a close between fragments, and drops the message: ${mode}`, async () => {
    const { room, raw, observer } = await openRoom(service, mode);
    raw.send(frame(TEXT, textPayload(mode, "never ended"), { fin: false }), frame(CLOSE, closePayload(1001)));
    expect((await raw.next()).payload.readUInt16BE(0)).toBe(1001);
    expect(await raw.end()).toEqual([]);
    await waitForCount(service, room, 1);
    expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
  });

  test(`[CLOSE-1] ignores frames after a close: ${mode}`, async () => {
    const { room, raw, observer } = await openRoom(service, mode);
    raw.send(frame(CLOSE, closePayload(1000)), frame(TEXT, textPayload(mode, "too late")), frame(PING, "?"));
    const answer = await raw.next();
    expect(answer.opcode).toBe(CLOSE);
    expect(answer.payload.readUInt16BE(0)).toBe(1000);
    expect(await raw.end()).toEqual([]);
    await waitForCount(service, room, 1);
    expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
  });
}

const LOSSES: [string, (raw: RawSocket) => void][] = [
  ["half-closed", (raw) => raw.finish()],
  ["dropped", (raw) => raw.drop()],
  ["reset", (raw) => raw.reset()],
];

for (const mode of MODES) {
  for (const [how, lose] of LOSSES) {
    test(`[CLOSE-2] removes a member when its connection is ${how}: ${mode}`, async () => {
      const { room, raw, observer } = await openRoom(service, mode);
      await waitForCount(service, room, 2);
      lose(raw);
      await waitForCount(service, room, 1);
      expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
    });

    test(`[CLOSE-2] drops an incomplete message when its connection is ${how}: ${mode}`, async () => {
      const { room, raw, observer } = await openRoom(service, mode);
      await waitForCount(service, room, 2);
      raw.send(frame(TEXT, textPayload(mode, "half"), { fin: false }), frame(PING));
      expect((await raw.next()).opcode).toBe(PONG);
      raw.send(frame(CONTINUATION, Buffer.alloc(1000)).subarray(0, 500));
      lose(raw);
      await waitForCount(service, room, 1);
      expect(await expectAlive(observer)).toEqual([{ seq: 1, data: ALIVE }]);
    });

    test(`[CLOSE-2] removes a member when its connection is ${how} while the room hibernates: ${mode}`, async () => {
      const { room, raw } = await openRoom(service, mode);
      await service.evict(room);
      lose(raw);
      await waitForCount(service, room, 1);
    });
  }
}
