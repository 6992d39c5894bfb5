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

/** A reader that gets nothing for this long becomes active. */
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
  const received = async () => {
    let frame = await reader.text();
    while (frame === "pong") frame = await reader.text();
    return frame;
  };
  let got = 0;
  let pings = 0;
  let next = received();
  while (got < count) {
    const frame = await Promise.race([next, scheduler.wait(IDLE_MS)]);
    if (frame === undefined) {
      reader.send("ping");
      pings++;
      continue;
    }
    expect(frame).toBe(DATA);
    got++;
    next = received();
    // A part is no more than a window and its last frame, and each activity brings one more.
    expect(got).toBeLessThanOrEqual(17 * (pings + 1));
  }
  await publish(publisher, "live");
  expect(await next).toBe(DATA);
}, 60_000);
