import { describe, expect, test } from "vitest";
import { roomUrl } from "../../../src/client/connection/room-url.ts";

describe("roomUrl", () => {
  test.each([
    ["rooms.example.com", undefined, "https://rooms.example.com/v1/rooms/a%2Fb"],
    ["localhost:8787", undefined, "http://localhost:8787/v1/rooms/a%2Fb"],
    ["127.0.0.1:8787", "", "http://127.0.0.1:8787/v1/rooms/a%2Fb"],
    ["wss://example.com", "/realtime", "https://example.com/realtime/v1/rooms/a%2Fb"],
    ["http://example.com", "realtime/", "http://example.com/realtime/v1/rooms/a%2Fb"],
    ["https://example.com", "/api/realtime", "https://example.com/api/realtime/v1/rooms/a%2Fb"],
  ])("builds the address on host %s under base path %s", (host, basePath, expected) => {
    expect(roomUrl("a/b", { host, ...(basePath !== undefined && { basePath }) }, {}).href).toBe(expected);
  });

  test("adds the parts of the query that are not empty", () => {
    const { search } = roomUrl(
      "lobby",
      { host: "localhost" },
      { name: "Ada L", history: 5, cursor: undefined },
    );
    expect(search).toBe("?name=Ada+L&history=5");
  });
});
