import { describe, expect, test } from "vitest";
import { addVisit, MAX_WATCHED, pinnedFirst, roomsToWatch } from "../../../src/app/rooms/room-order.ts";

const rooms = Array.from({ length: 200 }, (_, i) => `room ${i}`);

describe("pinnedFirst", () => {
  test("[PAGE-26] moves pinned rooms to the top and keeps the order of all", () => {
    expect(pinnedFirst(["a", "b", "c", "d"], new Set(["d", "b"]))).toEqual(["b", "d", "a", "c"]);
  });

  test("[PAGE-26] returns the same list if nothing moves", () => {
    const list = ["a", "b"];
    expect(pinnedFirst(list, new Set(["a", "gone"]))).toBe(list);
  });
});

describe("roomsToWatch", () => {
  test("[PAGE-25] takes the ten rooms that were visited last, without the open one", () => {
    const visits = rooms.slice(100, 120).reduce<string[]>(addVisit, []);
    expect(roomsToWatch(rooms, visits, "room 119")).toEqual(rooms.slice(109, 119).toReversed());
  });

  test("[PAGE-25] fills up from the top of the list, and leaves out rooms that were removed", () => {
    const watched = roomsToWatch(rooms, ["removed", "room 50", "room 0"], "room 0");
    expect(watched).toEqual(["room 50", ...rooms.slice(1, MAX_WATCHED)]);
  });
});
