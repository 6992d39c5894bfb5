import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { CLOSES } from "../../../src/protocol/codes.ts";
import { sign } from "../../auth/tokens.ts";
import { waitFor } from "../../support/wait-for.ts";
import { inside } from "../inside.ts";
import { freshRoom, type Got, type Joined, join } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const stub = (room: string) => env.ROOMS.getByName(room);

/** Four times what is acknowledged at a time; a message is a sixteenth of it, less what a session is sent beside. */
const WINDOW = 4 * 1024 * 1024;
const DATA = "x".repeat(WINDOW / 16 - 500);
/** So many are more than a window and its last frame. */
const ENOUGH = 20;

/** Publishes so many big messages, and reads and acknowledges each. */
async function fill(publisher: Joined, count: number, prefix = "m"): Promise<void> {
  for (let i = 0; i < count; i++) {
    publisher.publish(`${prefix}${i}`, DATA);
    publisher.send({ type: "received", seq: (await publisher.message()).seq });
  }
}

function seqsOf(messages: readonly Got[]): number[] {
  return messages.map(({ seq }) => seq);
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Reads and acknowledges each message up to a seq. */
async function drain(reader: Joined, last: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.at(-1) !== last) {
    const { seq } = await reader.message();
    seqs.push(seq);
    reader.send({ type: "received", seq });
  }
  return seqs;
}

test("[LIM-10] a window's worth is sent, and the rest of it in order as it is acknowledged", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const publisher = await join(room);
  expect(reader.welcome.limits.ackBytes).toBe(WINDOW / 4);
  await fill(publisher, ENOUGH);

  const first = await reader.messages(17);
  expect(seqsOf(first)).toEqual(upTo(17));
  await reader.expectQuiet();
  // An acknowledgement too small to open the window again brings nothing.
  reader.send({ type: "received", seq: 5 });
  await reader.expectQuiet();

  reader.send({ type: "received", seq: 17 });
  expect(await drain(reader, ENOUGH)).toEqual(upTo(ENOUGH, 18));
  publisher.publish("live", "again");
  expect((await reader.message()).data).toBe("again");
});

test("[LIM-10] who keeps up is sent all of it, at once", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const publisher = await join(room);
  const seqs = drain(reader, 3 * ENOUGH);
  await fill(publisher, 3 * ENOUGH);
  expect(await seqs).toEqual(upTo(3 * ENOUGH));
});

test("[LIM-10] a replay waits for its acknowledgements in the same way", async () => {
  const room = freshRoom();
  const publisher = await join(room);
  await fill(publisher, 3 * ENOUGH);
  const reader = await join(room, `?cursor=${publisher.welcome.epoch}.0`);
  expect(reader.welcome.resumed).toBe(true);
  const first = await reader.messages(17);
  await reader.expectQuiet();
  reader.send({ type: "received", seq: 17 });
  expect([...seqsOf(first), ...(await drain(reader, 3 * ENOUGH))]).toEqual(upTo(3 * ENOUGH));
  publisher.publish("live", "again");
  expect((await reader.message()).seq).toBe(3 * ENOUGH + 1);
});

test("[LIM-10] [SIG-1] [PRES-1] while it waits it hears no signals and no changes; then it is told the list as it is", async () => {
  const room = freshRoom();
  const reader = await join(room, "?name=Reader");
  const publisher = await join(room, "?name=Publisher");
  await fill(publisher, ENOUGH);
  await reader.messages(17);
  reader.presence.length = 0;
  const late = await join(room, "?name=Late");
  await publisher.presenceChanges(1);
  publisher.send({ type: "signal", data: "typing" });
  expect((await publisher.frame("signals")).signals).toHaveLength(1);
  await reader.expectQuiet();
  expect(reader.presence).toEqual([]);

  reader.send({ type: "received", seq: 17 });
  const [whole] = await reader.presenceChanges(1);
  expect(whole?.count).toBe(3);
  expect(whole?.joined.map(({ member }) => member).sort()).toEqual(
    [reader, publisher, late].map(({ welcome }) => welcome.member).sort(),
  );
  await drain(reader, ENOUGH);
  publisher.send({ type: "signal", data: "typing" });
  expect((await reader.frame("signals")).signals).toHaveLength(1);
});

test("[LIM-10] [RES-1] it is waited for also after the room has slept, and no wake sends it more", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const publisher = await join(room);
  await fill(publisher, ENOUGH);
  await reader.messages(17);
  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  publisher.publish("woken", "up");
  await publisher.message();
  await reader.expectQuiet();
  reader.send({ type: "received", seq: 17 });
  expect(await drain(reader, ENOUGH + 1)).toEqual(upTo(ENOUGH + 1, 18));
});

test("[LIM-11] [CLOSE-1] without progress for 60 seconds it is closed with 4009, and resumes", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const slow = await join(room);
  const publisher = await join(room);
  await fill(publisher, ENOUGH);
  await reader.messages(17);
  await slow.messages(17);
  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  await inside(room, () => {});

  const now = Date.now();
  const clock = vi.spyOn(Date, "now").mockReturnValue(now + 45_000);
  slow.send({ type: "received", seq: 5 });
  await slow.expectQuiet();
  clock.mockReturnValue(now + 61_000);
  expect(await runDurableObjectAlarm(stub(room))).toBe(true);
  expect(await reader.frame("bye")).toEqual({ type: "bye", code: "too_slow", retry: "now", after: 0 });
  expect(await reader.closed()).toEqual({ closed: 4009, reason: CLOSES.too_slow.reason });
  // One that reads, however slowly, is not closed.
  slow.send({ type: "received", seq: 17 });
  expect(await drain(slow, ENOUGH)).toEqual(upTo(ENOUGH, 18));

  const back = await join(room, `?cursor=${reader.welcome.epoch}.17`);
  expect(back.welcome.resumed).toBe(true);
  expect(await drain(back, ENOUGH)).toEqual(upTo(ENOUGH, 18));
});

test("[LIM-10] an acknowledgement of what was not sent yet counts as one of what was", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const publisher = await join(room);
  reader.send({ type: "received", seq: 1_000_000 });
  await reader.expectQuiet();
  await fill(publisher, ENOUGH);
  expect(seqsOf(await reader.messages(17))).toEqual(upTo(17));
  await reader.expectQuiet();
});

test("[LIM-10] [SIG-3] an acknowledgement that was asked for costs nothing, however much its sender signals", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const publisher = await join(room);
  const to = [publisher.welcome.member];
  let isRefused = false;
  const all = new Promise<number[]>((resolve) => {
    const seqs: number[] = [];
    reader.socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data));
      isRefused ||= frame.code === "rate_limited";
      if (frame.type !== "messages") return;
      seqs.push(frame.first);
      // More than may be sent, before each acknowledgement.
      for (let i = 0; i < 20; i++) reader.send({ type: "signal", data: i, to });
      reader.send({ type: "received", seq: frame.first });
      if (frame.first === 2 * ENOUGH) resolve(seqs);
    });
  });
  publisher.socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.type !== "messages") return;
    publisher.send({ type: "received", seq: frame.first });
    if (frame.first < 2 * ENOUGH) publisher.publish(`m${frame.first}`, DATA);
  });
  publisher.publish("m0", DATA);
  expect(await all).toEqual(upTo(2 * ENOUGH));
  expect(isRefused).toBe(true);
});

test("[LIM-10] [SIG-3] a client may acknowledge each message by itself, and once", async () => {
  const room = freshRoom();
  const publisher = await join(room);
  const count = 400;
  for (let i = 0; i < count; i++) {
    publisher.publish(`m${i}`, i);
    await publisher.message();
  }
  const reader = await join(room, `?cursor=${publisher.welcome.epoch}.0`);
  const errors: string[] = [];
  // The answer shows that the room has handled all acknowledgements.
  const answered = new Promise<void>((resolve) => {
    reader.socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "error") errors.push(frame.code);
      if (frame.type === "history") resolve();
      if (frame.type !== "messages") return;
      const last = frame.last ?? frame.first + frame.messages.length - 1;
      for (let seq = frame.first; seq <= last; seq++) reader.send({ type: "received", seq });
      if (last === count) reader.send({ type: "history", id: "h", limit: 1 });
    });
  });
  await answered;
  expect(errors).toEqual([]);
  for (let i = 0; i < 200; i++) reader.send({ type: "received", seq: count });
  await waitFor(() => expect(errors).toContain("rate_limited"));
});

test("[LIM-10] [PRES-1] messages that a session may not read do not count against it", async () => {
  const room = freshRoom();
  const watcher = await join(room, "", await sign({ sub: "watcher", can: ["presence"] }));
  const publisher = await join(room);
  await fill(publisher, 2 * ENOUGH);
  watcher.presence.length = 0;
  await join(room, "?name=Late");
  expect((await watcher.presenceChanges(1)).flatMap(({ joined }) => joined)).toMatchObject([
    { name: "Late" },
  ]);
  expect(watcher.welcome.limits.ackBytes).toBe(WINDOW / 4);
});

test("[LIM-10] pages of history that are not acknowledged are no more than a window; then asking waits, too", async () => {
  const room = freshRoom();
  const publisher = await join(room);
  await fill(publisher, 4);
  const reader = await join(room);
  const ask = async () => {
    reader.send({ type: "history", id: "page", limit: 4 });
    return JSON.parse(await reader.text());
  };
  let pages = 0;
  let answer = await ask();
  for (; answer.type === "history" && pages < 100; pages++) answer = await ask();
  expect(pages).toBe(5);
  expect(answer).toMatchObject({ type: "error", code: "rate_limited", id: "page", retryAfter: 1000 });
  reader.send({ type: "received", seq: 4 });
  expect(await ask()).toMatchObject({ type: "history", more: false });
});

test("[LIM-10] who asks for what comes before a page has read it, and may leaf back through all there is", async () => {
  const room = freshRoom();
  const publisher = await join(room);
  await fill(publisher, 2 * ENOUGH);
  const reader = await join(room);
  const seqs: number[] = [];
  for (let before = 2 * ENOUGH + 1; before > 1; before = seqs[0] ?? 0) {
    reader.send({ type: "history", id: "page", before, limit: 4 });
    seqs.unshift(...(await reader.frame("history")).messages.map(({ seq }) => seq));
  }
  expect(seqs).toEqual(upTo(2 * ENOUGH));
});

test("[API-8] after an erase, a session that acknowledges everything is sent everything", async () => {
  const room = freshRoom();
  const admin = await sign({ sub: "admin", can: ["admin"], rooms: [room] });
  const before = await join(room);
  await fill(before, ENOUGH, "old");
  const erased = await exports.default.fetch(`https://dormouse.test/v1/rooms/${room}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${admin}` },
  });
  expect(erased.status).toBe(200);
  const reader = await join(room);
  const publisher = await join(room);
  const seqs = drain(reader, 2 * ENOUGH);
  await fill(publisher, 2 * ENOUGH, "new");
  expect(await seqs).toEqual(upTo(2 * ENOUGH));
});
