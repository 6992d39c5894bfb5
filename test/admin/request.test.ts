import { describe, expect, test } from "vitest";
import { roomPath } from "../../src/admin/http/request.ts";

describe("roomPath", () => {
  test("[PAGE-53] is the address of a room, or of something in it", () => {
    expect(roomPath("team 7", "members", "a/b ")).toBe("/v1/rooms/team%207/members/a%2Fb%20");
    expect(roomPath("...", "messages", 7)).toBe("/v1/rooms/.../messages/7");
  });

  test.each([
    [["..", "members", "ada"], "invalid_room"],
    [["."], "invalid_room"],
    [[""], "invalid_room"],
    [["a/b"], "invalid_room"],
    [["\ud800"], "invalid_room"],
    [["lobby", "members", ".."], "invalid_query"],
    [["lobby", "members", "."], "invalid_query"],
    [["lobby", "members", ""], "invalid_query"],
    [["lobby", "members", "\udc00"], "invalid_query"],
  ] as const)(
    "[PAGE-53] refuses %j, which a browser would take for another address",
    ([room, ...rest], code) => {
      expect(() => roomPath(room, ...rest)).toThrow(expect.objectContaining({ code }));
    },
  );
});
