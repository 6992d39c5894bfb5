import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Emitter } from "../../src/client/emitter.ts";
import { Members } from "../../src/client/members.ts";
import { Shown } from "../../src/client/shown.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What is sent of what is signalled, as `to key data`, in a room that takes so many signals a second. */
function signals(rate: number) {
  const sent: string[] = [];
  let dropped = 0;
  const shown = new Shown(
    new Members(new Emitter()),
    (event) => {
      const { to = [], key = "", data } = JSON.parse(event);
      sent.push([...to, key, data].join(" "));
    },
    () => dropped++,
  );
  shown.open({ signalRate: rate, signalBurst: 100 });
  return { shown, sent, dropped: () => dropped };
}

test("[SIG-2] of signals with one key the first goes at once and the last always, at half of the rate", () => {
  const { shown, sent } = signals(50);
  for (let at = 0; at < 1000; at += 4) {
    shown.signal(at, { key: "cursor" });
    vi.advanceTimersByTime(4);
  }
  expect(sent.slice(0, 3)).toEqual(["cursor 0", "cursor 36", "cursor 76"]);
  vi.advanceTimersByTime(40);
  expect(sent.at(-1)).toBe("cursor 996");
  expect(sent.length).toBeLessThanOrEqual(26);
  vi.advanceTimersByTime(40);
  expect(vi.getTimerCount()).toBe(0);
  shown.signal("later", { key: "cursor" });
  expect(sent.at(-1)).toBe("cursor later");
});

test("[SIG-2] keys and receivers have their turn, one after the other, and what has no key does not wait", () => {
  const { shown, sent } = signals(50);
  for (const data of [1, 2]) {
    shown.signal(data, { key: "a" });
    shown.signal(data, { key: "b" });
    shown.signal(data, { key: "b", to: ["bob"] });
    shown.signal(data, {});
  }
  expect(sent).toEqual(["a 1", " 1", " 2"]);
  vi.advanceTimersByTime(3 * 40);
  expect(sent.slice(3)).toEqual(["b 2", "bob b 2", "a 2"]);
});

test("[SIG-2] where the service has no limit, nothing waits", () => {
  const { shown, sent } = signals(0);
  for (const data of [1, 2]) shown.signal(data, { key: "a" });
  expect(sent).toEqual(["a 1", "a 2"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("[LIM-22] signals without a key are sent at the rate, in their order; what finds no room is dropped and told", () => {
  const { shown, sent, dropped } = signals(50);
  for (let i = 0; i < 200; i++) shown.signal(i, {});
  expect(sent.length).toBeLessThanOrEqual(100);
  vi.advanceTimersByTime(4000);
  expect(sent).toEqual(Array.from({ length: 200 }, (_, i) => ` ${i}`));
  const data = "x".repeat(1000);
  for (let i = 0; i < 400; i++) shown.signal(data, {});
  expect(dropped()).toBeGreaterThan(0);
  expect(dropped()).toBeLessThan(200);
  shown.close();
  expect(vi.getTimerCount()).toBe(0);
});
