import { expect, test, vi } from "vitest";
import { SignalQueue } from "../../../src/room/ephemeral/signal-queue.ts";
import { admission, inside, publishFrame, roomWith, socketOf } from "../inside.ts";
import { deliveryOf } from "../parts.ts";
import { freshRoom, join } from "../room-client.ts";

test("[LIM-43] what waits for a flush is at most 16 MiB; the rest is refused and may be sent again", async () => {
  const name = freshRoom();
  const ada = await join(name);
  const data = "x".repeat(200_000);
  const count = 100;
  // In one turn, in which the clock stands still, so that all but the first wait for the window's end.
  await inside(name, ({ room, state }) => {
    const socket = socketOf(state, ada.welcome.member);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    for (let i = 0; i < count; i++) room.webSocketMessage(socket, publishFrame(`m${i}`, data));
    clock.mockRestore();
  });
  const seqs: number[] = [];
  const refused: string[] = [];
  while (seqs.length + refused.length < count) {
    const frame = JSON.parse(await ada.text());
    if (frame.type === "error") {
      expect(frame).toMatchObject({ code: "rate_limited", retryAfter: 1000 });
      refused.push(frame.id);
    } else {
      seqs.push(...frame.messages.map((_: unknown, i: number) => frame.first + i));
      ada.send({ type: "received", seq: seqs.at(-1) });
    }
  }
  const stored = Math.floor((16 * 1024 * 1024) / (data.length + 400));
  expect(seqs.length).toBeGreaterThanOrEqual(stored);
  expect(seqs.length).toBeLessThanOrEqual(stored + 3);
  const [first = ""] = refused;
  ada.publish(first, data);
  expect((await ada.message()).id).toBe(first);
});

test("[LIM-43] a post that finds too much waiting is refused with a time to come again", async () => {
  await inside(freshRoom(), async ({ state }) => {
    const room = roomWith(state, { PUBLISH_RATE: 0 });
    const json = JSON.stringify("x".repeat(250_000));
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const post = (i: number) =>
      room.calls.publish({
        member: "ada",
        name: "Ada",
        author: { can: [] },
        messages: [{ id: `m${i}`, json }],
      });
    const outcomes = Array.from({ length: 80 }, (_, i) => post(i));
    clock.mockRestore();
    const refusals = (await Promise.all(outcomes)).filter((outcome) => "refusal" in outcome);
    expect(refusals.length).toBeGreaterThan(10);
    expect(refusals[0]).toMatchObject({ refusal: { code: "rate_limited", retryAfter: 1000 } });
  });
});

test("[LIM-43] signals for many members are refused once their copies are too much, and members who are not here cost nothing", async () => {
  await inside(freshRoom(), ({ state }) => {
    const { connections, broadcaster } = deliveryOf(state, 1024 * 1024);
    const members = Array.from({ length: 100 }, (_, i) => `m${i}`);
    for (const member of members) {
      const grant = { member, name: member, can: ["read" as const], guest: true };
      connections.accept(new WebSocketPair()[1], { ...admission(), grant });
    }
    const signals = new SignalQueue({ connections, broadcaster, windowMs: () => 1000 });
    const data = "x".repeat(16_000);
    const send = (to?: string[]) => signals.add({ from: "ada", data, to }, data.length);
    // The first goes out at once; the others wait for the window's end.
    expect(send()).toBe(true);
    const absent = Array.from({ length: 100 }, (_, i) => `gone${i}`);
    for (let i = 0; i < 50; i++) expect(send(absent)).toBe(true);
    let taken = 0;
    while (taken < 100 && send(members)) taken++;
    // 8 MiB of copies for a hundred members.
    expect(taken).toBe(Math.floor((8 * 1024 * 1024) / (100 * data.length)));
    expect(send()).toBe(false);
    for (const session of [...connections.sessions()]) connections.close(session, "done");
  });
});
