import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Emitter } from "../../../src/client/emitter.ts";
import { Members } from "../../../src/client/members.ts";
import { EphemeralQueue } from "../../../src/client/sending/ephemeral-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A queue in a room that accepts so many signals a second. `sent`: what leaves it, as `to key data`. */
function signals(rate: number) {
  const sent: string[] = [];
  let dropped = 0;
  const queue = new EphemeralQueue(
    new Members(new Emitter()),
    (event) => {
      const { to = [], key = "", data } = JSON.parse(event);
      sent.push([...to, key, data].join(" "));
    },
    () => dropped++,
  );
  queue.connected({ signalRate: rate, signalBurst: 100 });
  return { queue, sent, dropped: () => dropped };
}

describe("EphemeralQueue", () => {
  test("[SIG-2] sends signals with one key at half of the rate, the first at once and the last always", () => {
    const { queue, sent } = signals(50);
    for (let at = 0; at < 1000; at += 4) {
      queue.signal(at, { key: "cursor" });
      vi.advanceTimersByTime(4);
    }
    expect(sent.slice(0, 3)).toEqual(["cursor 0", "cursor 36", "cursor 76"]);
    vi.advanceTimersByTime(40);
    expect(sent.at(-1)).toBe("cursor 996");
    expect(sent.length).toBeLessThanOrEqual(26);
    vi.advanceTimersByTime(40);
    expect(vi.getTimerCount()).toBe(0);
    queue.signal("later", { key: "cursor" });
    expect(sent.at(-1)).toBe("cursor later");
  });

  test("[SIG-2] serves keys and receivers in turn, and signals without a key at once", () => {
    const { queue, sent } = signals(50);
    for (const data of [1, 2]) {
      queue.signal(data, { key: "a" });
      queue.signal(data, { key: "b" });
      queue.signal(data, { key: "b", to: ["bob"] });
      queue.signal(data, {});
    }
    expect(sent).toEqual(["a 1", " 1", " 2"]);
    vi.advanceTimersByTime(3 * 40);
    expect(sent.slice(3)).toEqual(["b 2", "bob b 2", "a 2"]);
  });

  test("[SIG-2] sends everything at once when the service has no limit", () => {
    const { queue, sent } = signals(0);
    for (const data of [1, 2]) queue.signal(data, { key: "a" });
    expect(sent).toEqual(["a 1", "a 2"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("[LIM-22] sends signals without a key at the rate, in order, and drops those that find no room", () => {
    const { queue, sent, dropped } = signals(50);
    for (let i = 0; i < 200; i++) queue.signal(i, {});
    expect(sent.length).toBeLessThanOrEqual(100);
    vi.advanceTimersByTime(4000);
    expect(sent).toEqual(Array.from({ length: 200 }, (_, i) => ` ${i}`));
    const data = "x".repeat(1000);
    for (let i = 0; i < 400; i++) queue.signal(data, {});
    expect(dropped()).toBeGreaterThan(0);
    expect(dropped()).toBeLessThan(200);
    queue.disconnected();
    expect(vi.getTimerCount()).toBe(0);
  });
});
