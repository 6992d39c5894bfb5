import { describe, expect, test } from "vitest";
import { firstOrder, sortRooms } from "../../src/admin/views/rooms/sort-rooms.ts";

const room = (name: string, members: number, rate?: number) => ({
  room: name,
  members,
  seq: 1,
  activeAt: 0,
  rate,
});
const ROOMS = [room("a", 2, 5), room("b", 9), room("c", 2, 7)];
const namesBy = (...order: Parameters<typeof sortRooms>[1][]) =>
  order.map((each) =>
    sortRooms(ROOMS, each)
      .map(({ room }) => room)
      .join(""),
  );

describe("sortRooms", () => {
  test("[PAGE-51] sorts the largest figures first, and equal ones by name", () => {
    expect(
      namesBy(firstOrder("members"), firstOrder("rate"), { column: "members", isDescending: false }),
    ).toEqual(["bac", "cab", "acb"]);
  });

  test("[PAGE-51] keeps the order of the service for names and without an order", () => {
    expect(namesBy(undefined, firstOrder("room"), { column: "room", isDescending: true })).toEqual([
      "abc",
      "abc",
      "cba",
    ]);
  });
});
