import { afterEach, describe, expect, test, vi } from "vitest";
import { takeArrived } from "../../../src/app/sign-in/arrived-token.ts";

afterEach(() => vi.unstubAllGlobals());

/** The fragment that stays in the address bar, and what was taken out of it. */
function take(hash: string): { hash: string; taken: string | undefined } {
  const location = { hash };
  vi.stubGlobal("location", location);
  vi.stubGlobal("history", {
    replaceState: (_state: unknown, _title: string, url: string) => {
      location.hash = url;
    },
  });
  return { taken: takeArrived(), hash: location.hash };
}

describe("takeArrived", () => {
  test.each([
    ["#lobby&token=a.b.c", "#lobby", "&token=a.b.c"],
    ["#team%207@5&token=a.b.c&state=s", "#team%207@5", "&token=a.b.c&state=s"],
    ["#token=a.b.c&state=s", "#", "#token=a.b.c&state=s"],
    ["#&token=a.b.c", "#", "&token=a.b.c"],
    ["#lobby&error=access_denied&state=s", "#lobby", "&error=access_denied&state=s"],
    ["#lobby%26token%3Da.b.c", "#lobby", "%26token%3Da.b.c"],
    ["#lobby%2526token%253Da.b.c%2526state%253Ds", "#lobby", "%2526token%253Da.b.c%2526state%253Ds"],
    ["#lobby%252526TOKEN%25253da.b.c", "#lobby", "%252526TOKEN%25253da.b.c"],
    ["#lobby&token=", "#lobby", "&token="],
    ["#lobby&token=%E0%A4%A&token=a", "#lobby", "&token=%E0%A4%A&token=a"],
    ["#lobby&token=a\nb", "#lobby", "&token=a\nb"],
  ])("[PAGE-35] takes the token out of %j", (hash, left, taken) => {
    expect(take(hash)).toEqual({ hash: left, taken });
  });

  test.each(["", "#", "#lobby", "#R&D", "#token", "#my token@5", "#a%26b", "#error", "#tokens=5"])(
    "[PAGE-35] leaves %j",
    (hash) => {
      expect(take(hash)).toEqual({ hash, taken: undefined });
    },
  );

  test("[PAGE-35] takes a megabyte in one step", () => {
    const token = "&token=".repeat(150_000);
    expect(take(`#${"%2525".repeat(20_000)}${token}`).taken).toBe(token);
  });
});
