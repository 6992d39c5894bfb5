import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { Room } from "../../src/room/room.ts";
import { admissionRequest } from "../../src/rpc/admission.ts";
import { call, posted, problemOf } from "../http/call.ts";
import { admission, inside, publishFrame, socketOf } from "./inside.ts";
import { freshRoom, join } from "./room-client.ts";

afterEach(() => void vi.restoreAllMocks());

/** A room with so many messages of 200 kB, each a row. */
async function filled(count: number): Promise<string> {
  const room = freshRoom();
  const data = "x".repeat(200_000);
  for (let i = 0; i < count; i++) await call(`/v1/rooms/${room}/messages`, posted({ data }));
  return room;
}

test("[LIM-26] a join is charged for what it is sent, of whichever kind it is, and refused where too much is owed", async () => {
  const room = await filled(10);
  await inside(room, async ({ state }) => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    // A minute's worth is 60 tokens: 3.9 MB.
    const instance = new Room(state, { ...env, READ_RATE: 1, READ_BURST: 1 });
    const { epoch } = instance.info();
    const enter = (of: Parameters<typeof admission>[0]) =>
      instance.fetch(admissionRequest(admission({ rateKey: "address 192.0.2.1", ...of })));
    expect(enter({ mode: "plain", history: 10 }).status).toBe(101);
    expect(enter({ cursor: `${epoch}.0` }).status).toBe(101);
    for (const owed of [{ mode: "plain" as const, history: 1 }, { history: 1 }, { cursor: `${epoch}.9` }]) {
      const refused = enter(owed);
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
      expect((await problemOf(refused)).code).toBe("rate_limited");
    }
    // Whoever is owed nothing, or comes from elsewhere, or may erase the room, is let in.
    const free = [
      { history: 0 },
      { cursor: `${epoch}.10` },
      { history: 10, can: ["publish" as const] },
      { history: 10, rateKey: "address 192.0.2.2" },
      { history: 10, can: ["read" as const, "admin" as const] },
    ];
    for (const each of free) expect(enter(each).status).toBe(101);
  });
});

test("[LIM-27] a page of history over a socket costs what ACCESS.md says, and the next waits until it is paid", async () => {
  const room = await filled(6);
  await inside(room, ({ state }) => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const instance = new Room(state, { ...env, PUBLISH_RATE: 10, PUBLISH_BURST: 5 });
    instance.fetch(
      admissionRequest(admission({ grant: { member: "ada", name: "Ada", can: ["read"], guest: false } })),
    );
    const socket = socketOf(state, "ada");
    const sent: string[] = [];
    vi.spyOn(socket, "send").mockImplementation((frame) => void sent.push(String(frame)));
    const ask = () => instance.webSocketMessage(socket, JSON.stringify({ type: "history", id: "h" }));
    ask();
    ask();
    expect(sent.map((frame) => JSON.parse(frame))).toMatchObject([
      { type: "history", more: true, messages: [{ seq: 2 }, {}, {}, {}, { seq: 6 }] },
      // 1 for the frame and 15 for a million bytes: 11 are owed, and one more is needed.
      { type: "error", code: "rate_limited", retryAfter: 1200 },
    ]);
    clock.mockReturnValue(Date.now() + 1200);
    ask();
    expect(JSON.parse(sent[2] ?? "")).toMatchObject({ type: "history" });
  });
});

test("[LIM-27] what a page costs keeps nobody out", async () => {
  const room = await filled(6);
  await inside(room, ({ state }) => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const instance = new Room(state, { ...env, PUBLISH_RATE: 10, PUBLISH_BURST: 5 });
    const grant = { member: "ada", name: "Ada", can: ["read" as const], guest: false };
    const enter = () => instance.fetch(admissionRequest(admission({ grant, rateKey: "member ada" })));
    enter();
    const socket = socketOf(state, "ada");
    instance.webSocketMessage(socket, JSON.stringify({ type: "history", id: "h" }));
    instance.webSocketClose(socket, 1000, "");
    expect(enter().status).toBe(101);
  });
});

/** How long the longest text is that something was called with. */
const longest = (calls: readonly unknown[][]) => Math.max(0, ...calls.map(([text]) => String(text).length));

const many = (piece: string, chars: number) => `[${piece.repeat(Math.ceil(chars / piece.length))}0]`;

test("[LIM-30] a frame that can hold no message is refused before it is parsed, whatever it is made of", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await inside(room, ({ room: instance, state }) => {
    const parse = vi.spyOn(JSON, "parse");
    const socket = socketOf(state, ada.welcome.member);
    for (const [i, piece] of ["[],", "{},", '"\\\\",', "0,", "          "].entries()) {
      const frame = `{"type":"publish","id":"${i}","data":${many(piece, 1_500_000)}}`;
      instance.webSocketMessage(socket, frame);
    }
    instance.webSocketMessage(socket, `{"type":"publish","id":"edge","data":${many("[],", 270_000)}}`);
    expect(longest(parse.mock.calls)).toBeLessThan(1000);
  });
  for (const id of ["0", "1", "2", "3", "4", "edge"])
    expect(await ada.frame("error")).toMatchObject({ code: "too_big", id });
  await ada.expectQuiet();
});

test("[LIM-30] data is encoded once, to be measured and to be stored", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await inside(room, ({ room: instance, state }) => {
    const socket = socketOf(state, ada.welcome.member);
    const data = { text: "x".repeat(200_000) };
    const frame = publishFrame("a", data);
    const stringify = vi.spyOn(JSON, "stringify");
    instance.webSocketMessage(socket, frame);
    const lengths = stringify.mock.results.map(({ value }) => String(value).length);
    expect(lengths.filter((length) => length > 100_000).length).toBe(1);
    stringify.mockRestore();
  });
  expect(await ada.message()).toMatchObject({ id: "a" });
});

test("[LIM-30] a plain frame that is too long is not encoded at all", async () => {
  const room = freshRoom();
  await inside(room, ({ room: instance, state }) => {
    instance.fetch(admissionRequest(admission({ mode: "plain" })));
    const socket = socketOf(state, "guest_test");
    const stringify = vi.spyOn(JSON, "stringify");
    instance.webSocketMessage(socket, "x".repeat(1_000_000));
    expect(longest(stringify.mock.results.map(({ value }) => [value]))).toBeLessThan(1000);
    expect(socket.readyState).not.toBe(WebSocket.OPEN);
  });
});

test("[LIM-30] a body that can hold no message is refused before it is parsed", async () => {
  const path = `/v1/rooms/${freshRoom()}`;
  const parse = vi.spyOn(JSON, "parse");
  const body = (data: string) => ({ ...posted(0), body: `{"data":${data}}` });
  const answers = [
    await call(`${path}/messages`, body(many("[],", 400_000))),
    await call(`${path}/signals`, body(many("[],", 90_000))),
  ];
  expect(longest(parse.mock.calls)).toBeLessThan(1000);
  for (const answer of answers)
    expect([answer.status, (await problemOf(answer)).code]).toEqual([413, "too_big"]);
  const escaped = await call(`${path}/messages`, body(`"${"\\u0061".repeat(262_144)}"`));
  expect(escaped.status).toBe(201);
});
