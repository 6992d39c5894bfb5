import { afterEach, describe, expect, test, vi } from "vitest";
import type { LogLevel } from "../../src/settings/log.ts";
import { Telemetry } from "../../src/telemetry/telemetry.ts";

afterEach(() => void vi.restoreAllMocks());

/** The lines that a room at a level logs while something happens. */
function linesOf(level: LogLevel, happen: (telemetry: Telemetry) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  for (const method of ["error", "info", "debug"] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
  happen(new Telemetry(level, () => "lobby"));
  return lines.map((line) => JSON.parse(line));
}

function everything(telemetry: Telemetry): void {
  telemetry.emit("join", { member: "ada", isGuest: false, isPlain: false });
  telemetry.emit("publish", { messages: 1, bytes: 10, seq: 1 });
  telemetry.emit("refusal", { member: "ada", code: "rate_limited", source: "frame" });
  telemetry.emit("refusal", { code: "misconfigured", source: "http" });
  telemetry.emit("close", { member: "ada", code: "too_slow", status: 4009 });
  telemetry.emit("slow_reader", { member: "ada" });
  telemetry.emit("webhook", { code: "accepted", status: 204, events: 3 });
  telemetry.emit("webhook", { code: "failed", status: 503, events: 3 });
  telemetry.fault("alarm_failed", "The alarm task webhooks", new TypeError("of a test"));
}

describe("Telemetry", () => {
  test("[OPER-2] logs one object with event, room, member and code for each event", () => {
    const [refusal, , close, slow, webhook, fault] = linesOf("info", everything);
    const about = { room: "lobby", member: "ada" };
    expect(refusal).toEqual({
      level: "info",
      event: "refusal",
      ...about,
      code: "rate_limited",
      source: "frame",
    });
    expect(close).toEqual({ level: "info", event: "close", ...about, code: "too_slow", status: 4009 });
    expect(slow).toEqual({ level: "info", event: "slow_reader", ...about });
    expect(webhook).toEqual({
      level: "error",
      event: "webhook",
      room: "lobby",
      code: "failed",
      status: 503,
      events: 3,
    });
    expect(fault).toEqual({
      level: "error",
      event: "error",
      room: "lobby",
      code: "alarm_failed",
      step: "The alarm task webhooks",
      error: "TypeError: of a test",
      stack: expect.stringMatching(/^at /),
    });
  });

  test.each<[LogLevel, string[]]>([
    ["off", []],
    ["error", ["refusal misconfigured", "webhook failed", "error alarm_failed"]],
    [
      "info",
      [
        "refusal rate_limited",
        "refusal misconfigured",
        "close too_slow",
        "slow_reader undefined",
        "webhook failed",
        "error alarm_failed",
      ],
    ],
    [
      "debug",
      [
        "join undefined",
        "refusal rate_limited",
        "refusal misconfigured",
        "close too_slow",
        "slow_reader undefined",
        "webhook accepted",
        "webhook failed",
        "error alarm_failed",
      ],
    ],
  ])("[OPER-2] at the level %s logs what belongs to it", (level, expected) => {
    expect(linesOf(level, everything).map(({ event, code }) => `${event} ${code}`)).toEqual(expected);
  });

  test("[OPER-2] cuts long errors", () => {
    const [line] = linesOf("error", (telemetry) =>
      telemetry.fault("hook_failed", "The hook onPublish", new Error("x".repeat(100_000))),
    );
    expect(JSON.stringify(line).length).toBeLessThan(3000);
  });

  test("[OPER-3] logs at most 20 lines of a room in a minute, 5 of a kind, and as many errors", () => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(0);
    const lines = linesOf("debug", (telemetry) => {
      for (let i = 0; i < 1000; i++) everything(telemetry);
      clock.mockReturnValue(60_000);
      telemetry.emit("slow_reader", { member: "ada" });
    });
    expect(lines.filter(({ level }) => level === "error")).toHaveLength(3 * 5);
    const others = lines.filter(({ level }) => level !== "error");
    expect(others).toHaveLength(20 + 1);
    expect(others.at(-1)).toMatchObject({ event: "slow_reader", dropped: 5 * 1000 - 20 });
  });
});
