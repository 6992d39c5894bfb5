import { afterEach, expect, test, vi } from "vitest";
import { type JoinOptions, joinRoom, type Room, RoomError, type SocketLike } from "../../src/client/index.ts";
import type { Welcome } from "../../src/protocol/down.ts";
import { welcomeWith } from "./welcome.ts";

const rooms: Room[] = [];

afterEach(() => {
  for (const room of rooms.splice(0)) room.leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A socket whose other end is the test. */
class FakeSocket implements SocketLike {
  binaryType = "";
  bufferedAmount = 0;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: string[] = [];
  closed: number | undefined;
  send(data: string | ArrayBuffer): void {
    this.sent.push(String(data));
  }
  close(code = 1000): void {
    this.closed ??= code;
  }
  receive(frame: string | object): void {
    const data = typeof frame === "string" ? frame : JSON.stringify(frame);
    this.onmessage?.({ data } as never);
  }
  welcome(fields: Partial<Welcome> = {}): void {
    this.receive(welcomeWith(fields));
  }
  messages(first: number, ...datas: unknown[]): void {
    const messages = datas.map((data, i) => ({ id: `${first + i}`, from: "m", name: "n", data }));
    this.receive({ type: "messages", first, at: 1, messages });
  }
  /** The network ends it. */
  lose(code = 1006): void {
    this.onclose?.({ code, reason: "" } as never);
  }
  /** What was sent, but for pings. */
  get events(): { type: string; id?: string; seq?: number; mark?: string }[] {
    return this.sent.filter((frame) => frame !== "ping").map((frame) => JSON.parse(frame));
  }
}

/** A room over fake sockets: the one that is made last, and all of them. */
function join(options: JoinOptions = {}) {
  const sockets: FakeSocket[] = [];
  const urls: string[] = [];
  const socket = (url: string) => {
    urls.push(url);
    const made = new FakeSocket();
    sockets.push(made);
    return made;
  };
  const room = joinRoom("lobby", { host: "localhost", cursor: null, socket, ...options });
  rooms.push(room);
  const last = () => sockets.at(-1) ?? new FakeSocket();
  return { room, sockets, urls, last };
}

const turns = () => vi.advanceTimersByTimeAsync(0);

test("[RES-12] where the runtime has no WebSocket, joining throws at once and names the option", () => {
  vi.stubGlobal("WebSocket", undefined);
  expect(() => joinRoom("lobby", { host: "localhost" })).toThrow(
    expect.objectContaining({ code: "no_websocket", message: expect.stringContaining("socket") }),
  );
});

test("[RES-12] a token that cannot be had is a reason to wait, with its code; a RoomError closes the room", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const { room } = join({
    token: () => {
      asked++;
      throw asked < 3 ? new Error("The sign-in is down.") : new RoomError("signed_out", "Signed out.");
    },
  });
  await turns();
  expect(room.state).toMatchObject({ status: "waiting", code: "token", reason: "The sign-in is down." });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(room.state).toEqual({ status: "closed", code: "signed_out", reason: "Signed out." });
  expect(asked).toBe(3);
});

test("[RES-13] an attempt that failed long ago does not end the next one, and no socket is left open", async () => {
  vi.useFakeTimers();
  // The question why an attempt failed is answered too late.
  vi.stubGlobal(
    "fetch",
    () => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 12_000)),
  );
  const { room, sockets, last } = join();
  await turns();
  sockets[0]?.lose();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(room.state.status).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1500);
  expect(sockets).toHaveLength(2);
  last().welcome();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(room.state.status).toBe("live");
  expect(sockets.map(({ closed }) => closed)).toEqual([3000, undefined]);
  room.leave();
  expect(sockets.map(({ closed }) => closed)).toEqual([3000, 1000]);
});

test("[RES-14] what was queued goes out before what a listener publishes, and each frame once a connection", async () => {
  const { room, last } = join();
  await vi.waitFor(() => expect(last().sent).toBeDefined());
  const publish = (id: string) => void room.publish(id, { id }).catch(() => {});
  publish("a1");
  publish("a2");
  room.on("state", ({ status }) => {
    if (status === "live") publish("b");
  });
  await vi.waitFor(() => expect(last().onmessage).not.toBeNull());
  last().welcome({ limits: { ...welcomeWith().limits, publishRate: 0 } });
  const ids = () => last().events.flatMap(({ id }) => id ?? []);
  await vi.waitFor(() => expect(ids()).toEqual(["a1"]));
  last().receive({ type: "ack", id: "a1", seq: 1 });
  expect(ids()).toEqual(["a1", "a2", "b"]);
});

test("[RES-15] a listener that takes itself away and comes back while an event is handed out is called once", async () => {
  const { room, last } = join();
  await vi.waitFor(() => expect(last().onmessage).not.toBeNull());
  last().welcome();
  let calls = 0;
  const listen = () => {
    const stop = room.on("message", () => {
      calls++;
      stop();
      listen();
    });
  };
  listen();
  last().messages(1, "x");
  expect(calls).toBe(1);
});

test("[ACC-6] a token that lives no longer than its notice is renewed once, after a share of its life", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const { last } = join({ token: () => `token-of-some-length-${asked++}` });
  await turns();
  last().welcome();
  const expiring = { type: "error", code: "token_expiring", message: "Soon." };
  for (let second = 0; second < 40; second++) {
    last().receive(expiring);
    await vi.advanceTimersByTimeAsync(1000);
    // Nothing but the first of the notices counts, as long as the token lives.
  }
  expect(asked).toBeLessThanOrEqual(3);
  expect(last().events.filter(({ type }) => type === "auth").length).toBe(asked - 1);
});

test("[RES-16] a connection whose send buffer drains is alive, however long a ping has to wait", async () => {
  vi.useFakeTimers();
  const { room, last } = join();
  await turns();
  last().welcome({ heartbeat: 30 });
  last().receive("pong");
  last().bufferedAmount = 250_000;
  // 250 kB at 5 kB a second.
  for (let second = 0; second < 50; second++) {
    last().bufferedAmount -= 5000;
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(room.state.status).toBe("live");
  last().receive("pong");
  await vi.advanceTimersByTimeAsync(45_000);
  expect(room.state.status).not.toBe("live");
});

test("[RES-16] what lies in the kernel's buffers has its time to arrive, too", async () => {
  vi.useFakeTimers();
  const { room, last } = join();
  await turns();
  last().welcome({ heartbeat: 30, limits: { ...welcomeWith().limits, publishRate: 0 } });
  void room.publish("x".repeat(250_000)).catch(() => {});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(room.state.status).toBe("live");
  expect(last().events.filter(({ type }) => type === "publish")).toHaveLength(1);
});

function store(cursor?: string) {
  const saved: string[] = [];
  return { saved, load: () => saved.at(-1) ?? cursor, save: (next: string) => void saved.push(next) };
}

test("[RES-17] a cursor is saved behind what a consumer has finished, and not behind what it was handed", async () => {
  const cursor = store("e.0");
  const { room, last } = join({ cursor });
  const messages = room[Symbol.asyncIterator]();
  await vi.waitFor(() => expect(last().onmessage).not.toBeNull());
  last().welcome({ resumed: true });
  last().messages(1, ..."abcdefghij");
  expect(cursor.saved.at(-1)).toBe("e.0");
  for (let i = 0; i < 3; i++) await messages.next();
  // The third is being handled: a crash now brings it again, and all after it.
  expect(cursor.saved.at(-1)).toBe("e.2");
  await messages.return?.();
  expect(cursor.saved.at(-1)).toBe("e.3");
  last().messages(11, "k");
  expect(cursor.saved.at(-1)).toBe("e.11");
});

test("[RES-17] a manual cursor is saved by ack() alone", async () => {
  const cursor = { ...store("e.0"), manual: true };
  const { room, last } = join({ cursor });
  await vi.waitFor(() => expect(last().onmessage).not.toBeNull());
  last().welcome({ resumed: true });
  last().messages(1, "a", "b", "c");
  expect(cursor.saved).toEqual([]);
  room.ack(2);
  room.ack(99);
  expect(cursor.saved).toEqual(["e.2"]);
});

test("[LIM-41] marks are asked for, and returned once what came before was consumed", async () => {
  const { room, last, urls } = join();
  const messages = room[Symbol.asyncIterator]();
  await vi.waitFor(() => expect(last().onmessage).not.toBeNull());
  expect(new URL(urls[0] ?? "").searchParams.get("features")).toBe("marks");
  last().welcome({ features: ["marks"] });
  last().receive({ type: "mark", mark: "one" });
  expect(last().events.at(-1)).toEqual({ type: "received", seq: 0, mark: "one" });
  // A consumer that lags behind keeps the server from sending more.
  last().messages(1, "x".repeat(1_000_000), "y".repeat(1_000_000));
  last().receive({ type: "mark", mark: "two" });
  expect(last().events.at(-1)).toMatchObject({ mark: "one" });
  await messages.next();
  await messages.next();
  expect(last().events.at(-1)).toEqual({ type: "received", seq: 2, mark: "two" });
});

test("[RES-18] live messages and pages of history are of one shape, with bytes as bytes", async () => {
  const { room, last } = join();
  const seen: unknown[] = [];
  room.on("message", (message) => seen.push(message));
  await vi.waitFor(() => expect(last().onmessage).not.toBeNull());
  last().welcome();
  const page = room.history();
  const [{ id } = { id: "" }] = last().events.filter(({ type }) => type === "history");
  const about = { at: 1, from: "m", name: "n" };
  last().receive({
    type: "history",
    id,
    messages: [
      { seq: 1, id: "1", ...about, data: { text: "hi" } },
      { seq: 2, id: "2", ...about, binary: "AQI=" },
    ],
    more: false,
  });
  last().messages(1, { text: "hi" });
  const { messages } = await page;
  expect(messages[0]).toEqual(seen[0]);
  expect(messages[1]).toEqual({ seq: 2, id: "2", ...about, bytes: new Uint8Array([1, 2]) });
});
