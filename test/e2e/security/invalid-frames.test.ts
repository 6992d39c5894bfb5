import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BAD_BINARY, BAD_FIELDS, binaryMessage, NO_EVENT, NOT_JSON } from "../../support/invalid-frames.ts";
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

/** A room with one who sends and two who look on, both kinds of them, all past their welcome. */
async function roomOfThree() {
  const name = randomUUID();
  const [sender, witness, plain] = await Promise.all([
    TestSocket.open(service.room(name), V1),
    TestSocket.open(service.room(name), V1),
    TestSocket.open(service.room(name)),
  ]);
  for (const socket of [sender, witness]) expect((await socket.json()).type).toBe("welcome");
  return { name, sender, witness, plain };
}

type Three = Awaited<ReturnType<typeof roomOfThree>>;

/** Shows that the room goes on, and that nothing was sent or stored before this: the next message is the first. */
async function expectUntouched({ name, sender, witness, plain }: Three): Promise<void> {
  sender.send({ type: "publish", id: "after", data: "on we go" });
  for (const socket of [sender, witness]) {
    expect(await socket.json()).toMatchObject({ type: "messages", first: 1, messages: [{ id: "after" }] });
  }
  expect(await plain.next()).toEqual({ text: "on we go" });
  expect(await service.sql(name, "SELECT first, last FROM segments")).toEqual([{ first: 1, last: 1 }]);
  for (const socket of [sender, witness, plain]) socket.ws.terminate();
}

describe.each([
  ["text that is not JSON", NOT_JSON],
  ["JSON that is no event", NO_EVENT],
  ["an event with a wrong field", BAD_FIELDS],
  ["bytes that are no message", BAD_BINARY],
])("%s", (_kind, frames) => {
  test.each(frames)("[LIM-1] %s", async (_what, frame, code, id) => {
    const room = await roomOfThree();
    room.sender.send(frame);
    const error = await room.sender.json();
    expect(error).toMatchObject({ type: "error", code, message: expect.stringMatching(/\w+ \w+.*\.$/) });
    expect(error.id).toBe(id);
    await expectUntouched(room);
  });
});

test("[LIM-1] one bad frame after another is answered in its place, and good ones between them pass", async () => {
  const { sender, witness, name } = await roomOfThree();
  const bad = [...NO_EVENT, ...BAD_FIELDS, ...BAD_BINARY];
  for (const [i, [, frame]] of bad.entries()) {
    sender.send(frame);
    sender.send({ type: "publish", id: `good-${i}`, data: i });
  }
  // An error is sent at once and a message with its flush, so each comes in its own order.
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
    const { type, messages } = await witness.json();
    expect(type).toBe("messages");
    if (Array.isArray(messages)) seen.push(...messages.map((message) => message.data));
  }
  expect(seen).toEqual(data);
  const [row] = await service.sql(name, "SELECT sum(last - first + 1) AS n, max(last) AS last FROM segments");
  expect(row).toEqual({ n: bad.length, last: bad.length });
});

/** Data that takes so many bytes as JSON, a string's own quotes not counted. */
const DATA: [what: string, of: (bytes: number) => unknown][] = [
  ["a string", (bytes) => "x".repeat(bytes)],
  [
    "a string of three-byte characters",
    (bytes) => "大".repeat(Math.floor(bytes / 3)) + "x".repeat(bytes % 3),
  ],
  ["a string that is longer as JSON", (bytes) => "\n".repeat(Math.floor(bytes / 2)) + "x".repeat(bytes % 2)],
  ["an object", (bytes) => ({ a: "x".repeat(bytes - '{"a":""}'.length) })],
  ["a list", (bytes) => ["x".repeat(bytes - '[""]'.length)]],
];

describe("a message of MESSAGE_BYTES", () => {
  test.each(DATA)("[LIM-2] as %s passes, as does one byte less; one more is too_big", async (_what, of) => {
    const room = await roomOfThree();
    room.sender.send({ type: "publish", id: "big", data: of(MESSAGE_BYTES + 1) });
    const error = await room.sender.json();
    expect(error).toMatchObject({ type: "error", code: "too_big", id: "big" });
    expect(error.message).toContain(`${MESSAGE_BYTES}`);
    for (const [i, bytes] of [MESSAGE_BYTES - 1, MESSAGE_BYTES].entries()) {
      const data = of(bytes);
      room.sender.send({ type: "publish", id: `${i}`, data });
      for (const socket of [room.sender, room.witness]) {
        const { first, messages } = await socket.json();
        expect(first).toBe(i + 1);
        expect(messages).toMatchObject([{ id: `${i}`, data }]);
      }
      expect(await room.plain.next()).toEqual({
        text: typeof data === "string" ? data : JSON.stringify(data),
      });
    }
    for (const socket of [room.sender, room.witness, room.plain]) socket.ws.terminate();
  });

  test("[LIM-2] as bytes passes, as does one byte less; one more is too_big", async () => {
    const room = await roomOfThree();
    room.sender.send(binaryMessage("big", Buffer.alloc(MESSAGE_BYTES + 1)));
    expect(await room.sender.json()).toMatchObject({ type: "error", code: "too_big", id: "big" });
    for (const length of [MESSAGE_BYTES - 1, MESSAGE_BYTES]) {
      const bytes = Buffer.alloc(length, length % 251);
      room.sender.send(binaryMessage(`x${length}`, bytes));
      for (const socket of [room.sender, room.witness, room.plain]) {
        const arrived = await socket.next();
        expect("bytes" in arrived && arrived.bytes.subarray(-length).equals(bytes)).toBe(true);
      }
    }
    for (const socket of [room.sender, room.witness, room.plain]) socket.ws.terminate();
  });

  test.each([
    ["text", (bytes: number) => "x".repeat(bytes)],
    ["bytes", (bytes: number) => Buffer.alloc(bytes)],
  ])("[LIM-2] as %s of a plain socket passes; one more byte closes it with 1009", async (_what, of) => {
    const room = await roomOfThree();
    const other = await TestSocket.open(service.room(room.name));
    other.send(of(MESSAGE_BYTES));
    for (const socket of [other, room.sender, room.witness, room.plain]) await socket.next();
    other.send(of(MESSAGE_BYTES + 1));
    const { closed, reason } = await other.closed();
    expect(closed).toBe(1009);
    expect(reason).toBe(`A message has at most ${MESSAGE_BYTES} bytes.`);
    room.sender.send({ type: "publish", id: "after", data: 1 });
    for (const socket of [room.sender, room.witness]) {
      expect(await socket.json()).toMatchObject({ type: "messages", first: 2, messages: [{ id: "after" }] });
    }
    expect(await service.sql(room.name, "SELECT max(last) AS last FROM segments")).toEqual([{ last: 2 }]);
    for (const socket of [room.sender, room.witness, room.plain]) socket.ws.terminate();
  });

  test("[LIM-2] many times over is refused like any other, and does no harm", async () => {
    const room = await roomOfThree();
    room.sender.send({ type: "publish", id: "huge", data: "x".repeat(8 * MESSAGE_BYTES) });
    expect(await room.sender.json()).toMatchObject({ type: "error", code: "too_big", id: "huge" });
    await expectUntouched(room);
  });
});

describe("a refused upgrade keeps its status and its body", () => {
  const REFUSED: [
    what: string,
    status: number,
    code: string,
    path: string,
    protocols: string[],
    headers?: Record<string, string>,
  ][] = [
    ["a name that is no room's", 400, "invalid_room", "/v1/rooms/a%00b", [V1]],
    ["another subprotocol", 400, "unknown_subprotocol", "/v1/rooms/a", ["chat"]],
    ["a history that is no number", 400, "invalid_query", "/v1/rooms/a?history=all", [V1]],
    ["a name too long", 400, "invalid_name", `/v1/rooms/a?name=${"a".repeat(65)}`, [V1]],
    ["a guest key that is none", 401, "invalid_token", "/v1/rooms/a", [V1, "bearer.short"]],
    [
      "a page of another origin",
      403,
      "origin_refused",
      "/v1/rooms/a",
      [V1],
      { origin: "https://evil.example" },
    ],
    ["an address that is none", 404, "not_found", "/v1/room/a", [V1]],
  ];

  test.each(REFUSED)("[ACC-1] %s: %d %s", async (_what, status, code, path, protocols, headers = {}) => {
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
  });

  test("[ACC-1] by a method that has no upgrades: the runtime's own 400", async () => {
    const path = "/v1/rooms/methods";
    expect((await rawRequest(service.url, path, { upgrade: true })).status).toBe(101);
    expect((await rawRequest(service.url, path, { upgrade: true, method: "POST" })).status).toBe(400);
  });

  test("[ACC-1] [LIM-5] a full room: 503, with when to come again; who leaves makes room", async () => {
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

  test("[ACC-2] pages of an allowed origin, and of the service itself, are let in", async () => {
    for (const origin of ["https://app.example", service.url]) {
      const socket = await TestSocket.open(service.room(randomUUID()), V1, { origin });
      expect((await socket.json()).type).toBe("welcome");
      socket.ws.terminate();
    }
  });
});
