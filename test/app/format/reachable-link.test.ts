import { describe, expect, test } from "vitest";
import { isLoopback, withHost } from "../../../src/app/format/reachable-link.ts";

const LINK = "http://localhost:8787/#lobby@7";

describe("isLoopback", () => {
  test.each(["localhost", "app.localhost", "127.0.0.1", "127.1.2.3", "[::1]", "0.0.0.0"])(
    "[PAGE-42] knows that %s leads each device to itself",
    (hostname) => expect(isLoopback(hostname)).toBe(true),
  );

  test.each(["192.168.1.20", "127.example.org", "localhost.example.org", "mac.local", "[fe80::1]"])(
    "[PAGE-42] knows that %s does not",
    (hostname) => expect(isLoopback(hostname)).toBe(false),
  );
});

describe("withHost", () => {
  test.each([
    ["192.168.1.20", "http://192.168.1.20:8787/#lobby@7"],
    ["  mac.local ", "http://mac.local:8787/#lobby@7"],
    ["192.168.1.20:9000", "http://192.168.1.20:9000/#lobby@7"],
    ["http://192.168.1.20:8787/#other", "http://192.168.1.20:8787/#lobby@7"],
    ["fd00::12", "http://[fd00::12]:8787/#lobby@7"],
    ["[fd00::12]:90", "http://[fd00::12]:90/#lobby@7"],
  ])("[PAGE-42] takes over %j", (host, link) => {
    expect(withHost(LINK, host)).toBe(link);
  });

  test.each([
    "",
    "  ",
    "localhost",
    "127.0.0.1:8787",
    "http://",
    "a b",
    "user@host",
    "a\\b",
    "1.2.3.4.5",
    "x:99999",
  ])("[PAGE-42] refuses %j", (host) => {
    expect(withHost(LINK, host)).toBeUndefined();
  });
});
