import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { FRAME_LIMITS, INVALID_REQUESTS, REQUEST_LIMITS } from "./boundaries.ts";
import { answerOf, expectCleanLogs, join, Observer, requestCode, SECURED, V1 } from "./helpers.ts";

const MESSAGE_BYTES = 1000;
const NAME_CHARS = 10;

let service: Service;
beforeAll(async () => {
  const small = { MESSAGE_BYTES: `${MESSAGE_BYTES}`, NAME_CHARS: `${NAME_CHARS}` };
  service = await startService({ ...SECURED, AUTH_MODE: "open", ...small });
});
afterAll(() => service.stop());

describe("requests", () => {
  test.each(REQUEST_LIMITS)(
    "[LIM-7] accepts a request up to the limit, and refuses it above: %s",
    async (_what, sizes, at) => {
      for (const [size, expected] of sizes) {
        const before = await service.objects();
        const [path, sent] = at(size);
        expect([size, await requestCode(service, `/v1/rooms/${randomUUID()}${path}`, sent)]).toEqual([
          size,
          expected,
        ]);
        const isIn = expected === "let in" || expected === "answered";
        expect((await service.objects()).length).toBe(before.length + (isIn ? 1 : 0));
      }
    },
  );

  test.each(INVALID_REQUESTS)(
    "[LIM-7] [ACC-1] refuses an invalid request: %s",
    async (_what, path, sent, code) => {
      const before = await service.objects();
      expect(await requestCode(service, `/v1/rooms/${randomUUID()}${path}`, sent)).toBe(code);
      expect(await service.objects()).toEqual(before);
    },
  );

  test.each([
    ["a cursor of another log", "0000000000000000.1"],
    ["a cursor that is long", "x".repeat(9000)],
    ["a cursor of control characters", "%00%0a%0d.%0a"],
    ["a cursor beyond 2^53", "0000000000000000.9999999999999999"],
    ["a cursor of SQL", "'%20OR%201=1;--.1"],
  ])("[RES-3] joins without a resume when the cursor is unknown: %s", async (_what, cursor) => {
    const socket = await TestSocket.open(`${service.room(randomUUID())}?cursor=${cursor}`, V1);
    expect(await socket.json()).toMatchObject({ type: "welcome", resumed: false, reason: "epoch", seq: 0 });
    socket.ws.terminate();
  });
});

describe("frames", () => {
  test.each(FRAME_LIMITS)(
    "[LIM-2] [LIM-7] accepts a frame up to the limit, and refuses it above: %s",
    async (_what, sizes, frame) => {
      for (const [size, code] of sizes) {
        const room = randomUUID();
        const observer = await Observer.in(service, room);
        const socket = await join(service, room);
        socket.send(frame(size));
        if (code !== "nothing") {
          const arrived = await socket.next();
          expect([size, answerOf(arrived).what]).toEqual([size, code]);
        }
        if (code !== "messages" && code !== "bytes") await observer.expectIntact();
        for (const { ws } of [socket, observer]) ws.terminate();
      }
    },
  );

  test.each([
    [999, undefined],
    [1000, undefined],
    [1001, 1009],
  ])("[LIM-2] accepts 1,000 bytes from a plain socket, and closes it above: %i bytes", async (size, code) => {
    const room = randomUUID();
    const plain = await TestSocket.open(service.room(room));
    plain.send("x".repeat(size));
    if (code === undefined) expect(await plain.next()).toEqual({ text: "x".repeat(size) });
    else expect((await plain.closed()).closed).toBe(code);
    plain.ws.terminate();
    // The room stored the frame only if it passed, and accepts the next one.
    const next = await join(service, room);
    next.send({ type: "publish", id: "x", data: 1 });
    expect(await next.json()).toMatchObject({ type: "messages", first: code === undefined ? 2 : 1 });
    next.ws.terminate();
  });

  const MALFORMED = 20;

  test.each([
    ["text that is not JSON", "{", "bad_json"],
    ["empty text", "", "bad_json"],
  ])(
    "[LIM-6] closes the socket after twenty malformed frames in a row, not after nineteen: %s",
    async (_what, bad, code) => {
      const room = randomUUID();
      const observer = await Observer.in(service, room);
      const socket = await join(service, room);
      const send = async (count: number) => {
        for (let i = 0; i < count; i++) socket.send(bad);
        for (let i = 0; i < count; i++) expect(await socket.json()).toMatchObject({ type: "error", code });
      };
      await send(MALFORMED - 1);
      socket.send({ type: "history", id: "good" });
      expect((await socket.json()).type).toBe("history");
      await send(MALFORMED - 1);
      await observer.expectIntact();
      expect((await socket.json()).type).toBe("messages");
      await send(1);
      expect(await socket.json()).toMatchObject({ type: "bye", code: "malformed", retry: "never" });
      expect(await socket.closed()).toMatchObject({ closed: 1007, reason: expect.stringMatching(/JSON/) });
      await observer.expectIntact();
      observer.ws.terminate();
    },
  );
});

test("[ACC-1] the logs hold no error for a refused request, and no secret", () => {
  expectCleanLogs(service);
});
