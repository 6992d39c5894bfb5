import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Cooldown } from "../../../src/room/presence/cooldown.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Cooldown", () => {
  test("[PRES-4] allows one start in a period, and calls back once after refusals", () => {
    const onReady = vi.fn();
    const cooldown = new Cooldown(1000, onReady);
    expect([cooldown.tryStart(), cooldown.tryStart(), cooldown.tryStart()]).toEqual([true, false, false]);
    vi.advanceTimersByTime(999);
    expect(onReady).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onReady).toHaveBeenCalledOnce();
    expect(cooldown.tryStart()).toBe(true);
  });

  test("[PRES-4] calls nobody back after it was cancelled", () => {
    const onReady = vi.fn();
    const cooldown = new Cooldown(1000, onReady);
    cooldown.tryStart();
    cooldown.tryStart();
    cooldown.cancel();
    vi.advanceTimersByTime(5000);
    expect(onReady).not.toHaveBeenCalled();
  });

  test("[PRES-4] starts again when the clock was set back", () => {
    const cooldown = new Cooldown(1000, () => {});
    cooldown.tryStart();
    vi.setSystemTime(Date.now() - 10_000);
    expect(cooldown.tryStart()).toBe(true);
  });
});
