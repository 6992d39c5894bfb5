import { describe, expect, test } from "vitest";
import { hashOf, parseRoute, type Route } from "../../src/admin/route.ts";

describe("route", () => {
  test.each([
    [{ view: "rooms" }, "#/rooms"],
    [{ view: "room", room: "team 7/&#@" }, "#/room/team%207%2F%26%23%40"],
    [{ view: "webhook", room: undefined }, "#/webhook"],
    [{ view: "webhook", room: "大厅" }, "#/webhook/%E5%A4%A7%E5%8E%85"],
    [{ view: "settings" }, "#/settings"],
    [{ view: "token" }, "#/token"],
  ] satisfies [Route, string][])("[PAGE-51] has an address for %j", (route, hash) => {
    expect(hashOf(route)).toBe(hash);
    expect(parseRoute(hash)).toEqual(route);
  });

  test.each(["", "#", "#/", "#/room", "#/room/", "#lobby", "#/nothing/here"])(
    "[PAGE-51] shows the list of rooms for %j",
    (hash) => {
      expect(parseRoute(hash)).toEqual({ view: "rooms" });
    },
  );

  test("[PAGE-51] takes a name that is not percent-encoded rightly as it is", () => {
    expect(parseRoute("#/room/100%")).toEqual({ view: "room", room: "100%" });
  });
});
