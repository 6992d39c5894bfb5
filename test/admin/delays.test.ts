import { describe, expect, test } from "vitest";
import { Delays } from "../../src/admin/views/room/delays.ts";

describe("Delays", () => {
  test("[PAGE-52] has no delay before a message, then the median and the slowest of the last 100", () => {
    const delays = new Delays();
    expect(delays.figures(0)).toEqual({ received: 0, lastMinute: 0, delay: undefined, slowest: undefined });
    delays.add(0, 9000);
    for (let i = 1; i <= 100; i++) delays.add(10_000, 10_000 + i);
    expect(delays.figures(10_000)).toEqual({ received: 101, lastMinute: 101, delay: 51, slowest: 100 });
  });

  test("[PAGE-52] counts the messages of the last minute", () => {
    const delays = new Delays();
    for (const second of [1, 2, 30, 61]) delays.add(second * 1000, second * 1000);
    expect([61, 62, 90, 121].map((second) => delays.figures(second * 1000).lastMinute)).toEqual([3, 2, 1, 0]);
  });
});
