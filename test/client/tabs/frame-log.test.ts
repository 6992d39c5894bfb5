import { describe, expect, test } from "vitest";
import { MAX_SHARED_LOG } from "../../../src/client/limits.ts";
import { FrameLog } from "../../../src/client/tabs/frame-log.ts";

const range = (first: number, last = first, epoch = "e") => ({ epoch, first, last });

describe("FrameLog", () => {
  test("[TABS-1] gives the frames after a seq, and takes each frame once", () => {
    const log = new FrameLog();
    log.reset("e", 4);
    log.add(range(5, 7), "5-7");
    log.add(range(8), "8");
    log.add(range(8), "8 again");
    expect(log.after(4)).toEqual(["5-7", "8"]);
    expect(log.after(6)).toEqual(["5-7", "8"]);
    expect(log.after(7)).toEqual(["8"]);
    expect(log.cursor).toBe("e.8");
  });

  test("[TABS-1] starts over where a frame is missing, and with another epoch", () => {
    const log = new FrameLog();
    log.add(range(3), "3");
    log.add(range(5), "5");
    expect([log.from, log.to, log.after(0)]).toEqual([4, 5, ["5"]]);
    log.add(range(1, 1, "f"), "1");
    expect([log.epoch, log.from, log.after(0)]).toEqual(["f", 0, ["1"]]);
  });

  test("[TABS-1] drops the oldest frames beyond its bound", () => {
    const log = new FrameLog();
    const third = "x".repeat(Math.ceil(MAX_SHARED_LOG / 3));
    for (let seq = 1; seq <= 4; seq++) log.add(range(seq), third);
    expect([log.from, log.to, log.after(0).length]).toEqual([2, 4, 2]);
  });
});
