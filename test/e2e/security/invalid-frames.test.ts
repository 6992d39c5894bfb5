import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  binaryMessage,
  INVALID_BINARY,
  INVALID_FIELDS,
  NOT_EVENTS,
  NOT_JSON,
} from "../../support/invalid-frames.ts";
import { rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";

const V1 = "dormouse.v1";
const MESSAGE_BYTES = 262_144;
const SOCKETS = 4;

let service: Service;
beforeAll(async () => {
  service = await startService({ ROOM_SOCKETS: `${SOCKETS}`, ALLOWED_ORIGINS: "https://app.example" });
});
afterAll(() => service.stop());

/** A room with a sender, an observer and a plain socket, all joined. */
async function openRoom() {
  const name = randomUUID();
  const [sender, observer, plain] = await Promise.all([
    TestSocket.open(service.room(name), V1),
    TestSocket.open(service.room(name), V1),
    TestSocket.open(service.room(name)),
  ]);
  for (const socket of [sender, observer]) expect((await socket.json()).type).toBe("welcome");
  return { name, sender, observer, plain };
}

type OpenRoom = Awaited<ReturnType<typeof openRoom>>;

/** Checks that the room works, and that nothing was sent or stored before: the next message is the first. */
async function expectRoomUntouched({ name, sender, observer, plain }: OpenRoom): Promise<void> {
  sender.send({ type: "publish", id: "after", data: "next" });
  for (const socket of [sender, observer]) {
    expect(await socket.json()).toMatchObject({ type: "messages", first: 1, messages: [{ id: "after" }] });
  }
  expect(await plain.next()).toEqual({ text: "next" });
  expect(await service.sql(name, "SELECT first, last FROM dormouse_segments")).toEqual([
    { first: 1, last: 1 },
  ]);
  for (const socket of [sender, observer, plain]) socket.ws.terminate();
}

describe.each([
  ["text that is not JSON", NOT_JSON],
  ["JSON that is not an event", NOT_EVENTS],
  ["an event with an invalid field", INVALID_FIELDS],
  ["an invalid binary frame", INVALID_BINARY],
])("%s", (_kind, frames) => {
  test.each(frames)(
    "[LIM-1] answers an invalid frame with an error, and changes nothing: %s",
    async (_what, frame, code, id) => {
      const room = await openRoom();
      room.sender.send(frame);
      const error = await room.sender.json();
      expect(error).toMatchObject({ type: "error", code, message: expect.stringMatching(/\w+ \w+.*\.$/) });
      expect(error.id).toBe(id);
      await expectRoomUntouched(room);
    },
  );
});

test("[LIM-1] answers each invalid frame in a row with its error, and passes the valid ones between them", async () => {
  const { sender, observer, name } = await openRoom();
  const bad = [...NOT_EVENTS, ...INVALID_FIELDS, ...INVALID_BINARY];
  for (const [i, [, frame]] of bad.entries()) {
    sender.send(frame);
    sender.send({ type: "publish", id: `good-${i}`, data: i });
  }
  // Errors are sent at once and messages with their flush, so the two are ordered separately.
  const errors: unknown[] = [];
  const data: unknown[] = [];
  while (errors.length < bad.length || data.length < bad.length) {
    const frame = await sender.json();
    if (frame.type === "error") errors.push(frame.code);
    else if (frame.type === "messages" && Array.isArray(frame.messages)) {
      data.push(...frame.messages.map((message) => message.data));
    }
  }
  expect(errors).toEqual(bad.map(([, , code]) => code));
  expect(data).toEqual(bad.map((_, i) => i));
  const seen: unknown[] = [];
  while (seen.length < bad.length) {
    const { type, messages } = await observer.json();
    expect(type).toBe("messages");
    if (Array.isArray(messages)) seen.push(...messages.map((message) => message.data));
  }
  expect(seen).toEqual(data);
  const [row] = await service.sql(
    name,
    "SELECT sum(last - first + 1) AS n, max(last) AS last FROM dormouse_segments",
  );
  expect(row).toEqual({ n: bad.length, last: bad.length });
});

/** Data of a given size in bytes: of a string without its quotes, else as JSON. */
const DATA: [what: string, of: (bytes: number) => unknown][] = [
  ["a string", (bytes) => "x".repeat(bytes)],
  [
    "a string of three-byte characters",
    (bytes) => "大".repeat(Math.floor(bytes / 3)) + "x".repeat(bytes % 3),
  ],
  ["a string that JSON escapes", (bytes) => "\n".repeat(Math.floor(bytes / 2)) + "x".repeat(bytes % 2)],
  ["an object", (bytes) => ({ a: "x".repeat(bytes - '{"a":""}'.length) })],
  ["a list", (bytes) => ["x".repeat(bytes - '[""]'.length)]],
];

describe("MESSAGE_BYTES", () => {
  test.each(DATA)(
    "[LIM-2] accepts a message up to the limit, and answers too_big above it: %s",
    async (_what, of) => {
      const room = await openRoom();
      room.sender.send({ type: "publish", id: "big", data: of(MESSAGE_BYTES + 1) });
      const error = await room.sender.json();
      expect(error).toMatchObject({ type: "error", code: "too_big", id: "big" });
      expect(error.message).toContain(`${MESSAGE_BYTES}`);
      for (const [i, bytes] of [MESSAGE_BYTES - 1, MESSAGE_BYTES].entries()) {
        const data = of(bytes);
        room.sender.send({ type: "publish", id: `${i}`, data });
        for (const socket of [room.sender, room.observer]) {
          const { first, messages } = await socket.json();
          expect(first).toBe(i + 1);
          expect(messages).toMatchObject([{ id: `${i}`, data }]);
        }
        expect(await room.plain.next()).toEqual({
          text: typeof data === "string" ? data : JSON.stringify(data),
        });
      }
      for (const socket of [room.sender, room.observer, room.plain]) socket.ws.terminate();
    },
  );

  test("[LIM-2] accepts a message up to the limit, and answers too_big above it: bytes", async () => {
    const room = await openRoom();
    room.sender.send(binaryMessage("big", Buffer.alloc(MESSAGE_BYTES + 1)));
    expect(await room.sender.json()).toMatchObject({ type: "error", code: "too_big", id: "big" });
    for (const length of [MESSAGE_BYTES - 1, MESSAGE_BYTES]) {
      const bytes = Buffer.alloc(length, length % 251);
      room.sender.send(binaryMessage(`x${length}`, bytes));
      for (const socket of [room.sender, room.observer, room.plain]) {
        const arrived = await socket.next();
        expect("bytes" in arrived && arrived.bytes.subarray(-length).equals(bytes)).toBe(true);
      }
    }
    for (const socket of [room.sender, room.observer, room.plain]) socket.ws.terminate();
  });

  test.each([
    ["text", (bytes: number) => "x".repeat(bytes)],
    ["bytes", (bytes: number) => Buffer.alloc(bytes)],
  ])(
    "[LIM-2] accepts a plain message up to the limit, and closes the socket with 1009 above it: %s",
    async (_what, of) => {
      const room = await openRoom();
      const other = await TestSocket.open(service.room(room.name));
      other.send(of(MESSAGE_BYTES));
      for (const socket of [other, room.sender, room.observer, room.plain]) await socket.next();
      other.send(of(MESSAGE_BYTES + 1));
      const { closed, reason } = await other.closed();
      expect(closed).toBe(1009);
      expect(reason).toBe(`A message has at most ${MESSAGE_BYTES} bytes.`);
      room.sender.send({ type: "publish", id: "after", data: 1 });
      for (const socket of [room.sender, room.observer]) {
        expect(await socket.json()).toMatchObject({
          type: "messages",
          first: 2,
          messages: [{ id: "after" }],
        });
      }
      expect(await service.sql(room.name, "SELECT max(last) AS last FROM dormouse_segments")).toEqual([
        { last: 2 },
      ]);
      for (const socket of [room.sender, room.observer, room.plain]) socket.ws.terminate();
    },
  );

  test("[LIM-2] answers too_big for a message eight times the limit, and the room goes on", async () => {
    const room = await openRoom();
    room.sender.send({ type: "publish", id: "huge", data: "x".repeat(8 * MESSAGE_BYTES) });
    expect(await room.sender.json()).toMatchObject({ type: "error", code: "too_big", id: "huge" });
    await expectRoomUntouched(room);
  });
});

describe("upgrades", () => {
  const REFUSED: [
    what: string,
    status: number,
    code: string,
    path: string,
    protocols: string[],
    headers?: Record<string, string>,
  ][] = [
    ["an invalid room name", 400, "invalid_room", "/v1/rooms/a%00b", [V1]],
    ["an unknown subprotocol", 400, "unknown_subprotocol", "/v1/rooms/a", ["chat"]],
    ["a history that is not a number", 400, "invalid_query", "/v1/rooms/a?history=all", [V1]],
    ["a name that is too long", 400, "invalid_name", `/v1/rooms/a?name=${"a".repeat(65)}`, [V1]],
    ["an invalid guest key", 401, "invalid_token", "/v1/rooms/a", [V1, "bearer.short"]],
    [
      "a page of another origin",
      403,
      "origin_refused",
      "/v1/rooms/a",
      [V1],
      { origin: "https://evil.example" },
    ],
    ["an unknown path", 404, "not_found", "/v1/room/a", [V1]],
  ];

  test.each(REFUSED)(
    "[ACC-1] refuses an upgrade with a problem body: %s (%d %s)",
    async (_what, status, code, path, protocols, headers = {}) => {
      const refusal = await rawRequest(service.url, path, {
        upgrade: true,
        headers: { "sec-websocket-protocol": protocols.join(", "), ...headers },
      });
      expect(refusal.status).toBe(status);
      expect(refusal.headers["content-type"]).toBe("application/problem+json");
      expect(JSON.parse(refusal.text)).toMatchObject({
        status,
        code,
        title: expect.any(String),
        detail: expect.any(String),
      });
    },
  );

  test("[ACC-1] refuses an upgrade by POST with the runtime's 400", async () => {
    const path = "/v1/rooms/methods";
    expect((await rawRequest(service.url, path, { upgrade: true })).status).toBe(101);
    expect((await rawRequest(service.url, path, { upgrade: true, method: "POST" })).status).toBe(400);
  });

  test("[ACC-1] [LIM-5] refuses an upgrade into a full room with 503 and Retry-After, until a socket leaves", async () => {
    const room = randomUUID();
    const url = service.room(room);
    const open = await Promise.all(Array.from({ length: SOCKETS }, () => TestSocket.open(url, V1)));
    const { status, headers, text } = await rawRequest(service.url, `/v1/rooms/${room}`, {
      upgrade: true,
      headers: { "sec-websocket-protocol": V1 },
    });
    expect([status, headers["content-type"]]).toEqual([503, "application/problem+json"]);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(text)).toMatchObject({
      status: 503,
      code: "room_full",
      retryAfter: expect.any(Number),
    });
    open[0]?.ws.close(1000);
    await open[0]?.closed();
    const next = await TestSocket.open(url, V1);
    expect((await next.json()).type).toBe("welcome");
    for (const socket of [...open, next]) socket.ws.terminate();
  });

  test("[ACC-2] accepts an upgrade from an allowed origin and from the service's own", async () => {
    for (const origin of ["https://app.example", service.url]) {
      const socket = await TestSocket.open(service.room(randomUUID()), V1, { origin });
      expect((await socket.json()).type).toBe("welcome");
      socket.ws.terminate();
    }
  });
});
