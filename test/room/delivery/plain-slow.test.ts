import { expect, test } from "vitest";
import { freshRoom, type Joined, join, RoomClient } from "../room-client.ts";

const WINDOW = 4 * 1024 * 1024;
const DATA = "x".repeat(WINDOW / 16 - 500);

/** Publishes a big message, and reads and acknowledges it. */
async function publish(publisher: Joined, id: string): Promise<void> {
  publisher.publish(id, DATA);
  publisher.send({ type: "received", seq: (await publisher.message()).seq });
}

/** Bytes that one plain socket alone may be sent without activity. */
const PLAIN_SHARE = 8 * WINDOW;

/** A part of a replay has ended when no frame of it arrives for this long. */
const IDLE_MS = 500;

test("[LIM-12] a plain socket that says nothing is closed once it was sent its share", async () => {
  const room = freshRoom();
  const silent = await RoomClient.plain(room);
  const pinging = await RoomClient.plain(room);
  const publisher = await join(room);
  let sent = 0;
  for (let i = 0; sent <= PLAIN_SHARE + WINDOW; i++, sent += DATA.length) {
    await publish(publisher, `m${i}`);
    expect(await pinging.text()).toBe(DATA);
    pinging.send("ping");
    expect(await pinging.text()).toBe("pong");
  }
  let last = await silent.next();
  while ("text" in last) last = await silent.next();
  expect(last).toMatchObject({ closed: 4009 });
  expect("reason" in last ? last.reason : "").toMatch(/ping/);
}, 60_000);

test("[LIM-40] a plain socket is sent a long replay in parts, each after some activity", async () => {
  const room = freshRoom();
  const publisher = await join(room);
  const count = 3 * 17;
  for (let i = 0; i < count; i++) await publish(publisher, `m${i}`);
  const reader = await RoomClient.plain(room, `?history=${count}`);
  const parts: number[] = [];
  let next = reader.text();
  for (let got = 0; got < count; ) {
    let part = 0;
    // A part has ended once nothing more of it arrives. Only then is the reader active.
    while ((await Promise.race([next, scheduler.wait(IDLE_MS)])) !== undefined) {
      expect(await next).toBe(DATA);
      next = reader.text();
      part++;
    }
    reader.send("ping");
    expect(await next).toBe("pong");
    next = reader.text();
    parts.push(part);
    got += part;
  }
  expect(parts.reduce((sum, part) => sum + part)).toBe(count);
  // A part is no more than a window and its last frame.
  expect(Math.max(...parts)).toBeLessThanOrEqual(17);
  await publish(publisher, "live");
  expect(await next).toBe(DATA);
}, 60_000);
