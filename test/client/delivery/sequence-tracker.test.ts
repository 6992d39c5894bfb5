import { describe, expect, test } from "vitest";
import { SequenceTracker } from "../../../src/client/delivery/sequence-tracker.ts";
import { welcomeWith as welcome } from "../welcome.ts";

describe("SequenceTracker", () => {
  test("[RES-2] accepts each seq once, in order, and detects a missing one", () => {
    const tracker = new SequenceTracker(0, undefined);
    tracker.welcome(welcome({ seq: 4 }));
    expect(tracker.accept(5, 7)).toBe(4);
    expect(tracker.accept(6, 8)).toBe(7);
    expect(tracker.accept(5, 6)).toBe(8);
    expect(tracker.accept(10, 10)).toBeUndefined();
    expect(tracker.cursor).toBe("e.8");
    expect(tracker.accept(9, 9)).toBe(8);
  });

  test("[RES-2] detects a message that is missing between the welcome and the first frame", () => {
    const tracker = new SequenceTracker(0, undefined);
    tracker.welcome(welcome({ seq: 4 }));
    expect(tracker.accept(6, 6)).toBeUndefined();
  });

  test("keeps its cursor in front of the history that is still to arrive", () => {
    const tracker = new SequenceTracker(10, undefined);
    expect(tracker.cursor).toBeUndefined();
    tracker.welcome(welcome({ seq: 25 }));
    expect(tracker.cursor).toBe("e.15");
    // Retention may have left less of it.
    expect(tracker.accept(20, 25)).toBe(19);
    expect(tracker.cursor).toBe("e.25");
  });

  test("accepts history that begins earlier, since it skips operations", () => {
    const tracker = new SequenceTracker(10, undefined);
    tracker.welcome(welcome({ seq: 25 }));
    expect(tracker.accept(3, 20)).toBe(2);
    expect(tracker.cursor).toBe("e.20");
    expect(tracker.accept(21, 25)).toBe(20);
    expect(tracker.accept(27, 27)).toBeUndefined();
  });

  test("resumes from a cursor of an earlier run", () => {
    const tracker = new SequenceTracker(0, "e.7");
    expect(tracker.cursor).toBe("e.7");
    expect(tracker.welcome(welcome({ seq: 9, resumed: true }))).toBeUndefined();
    expect(tracker.accept(8, 9)).toBe(7);
  });

  test("[DUR-11] continues in a new log where it had no message of the old one", () => {
    const tracker = new SequenceTracker(0, "e.0");
    expect(tracker.welcome(welcome({ seq: 2, resumed: true, epoch: "f" }))).toBeUndefined();
    expect(tracker.accept(1, 2)).toBe(0);
    expect(tracker.cursor).toBe("f.2");
  });

  test("[RES-2] reports a gap when the server refuses to resume", () => {
    const trimmed = new SequenceTracker(3, "e.7");
    expect(trimmed.welcome(welcome({ seq: 100, reason: "trimmed" }))).toEqual({
      reason: "trimmed",
      epoch: "e",
      seq: 100,
    });
    expect(trimmed.cursor).toBe("e.97");
    const erased = new SequenceTracker(0, "old.700");
    expect(erased.welcome(welcome({ seq: 2, reason: "epoch" }))).toEqual({
      reason: "epoch",
      epoch: "e",
      seq: 2,
    });
    expect(erased.accept(3, 3)).toBe(2);
  });

  test("skips messages of the history that it accepted before", () => {
    const tracker = new SequenceTracker(50, "e.70");
    tracker.welcome(welcome({ seq: 100, reason: "too_many" }));
    expect(tracker.accept(51, 100)).toBe(70);
  });

  test("reports no gap on a first welcome, and ignores a malformed cursor", () => {
    expect(new SequenceTracker(0, undefined).welcome(welcome({ seq: 9 }))).toBeUndefined();
    expect(new SequenceTracker(0, "garbage").cursor).toBeUndefined();
  });
});
