import { beforeEach, describe, expect, test } from "vitest";
import { AnnouncedList } from "../../../src/room/presence/announced-list.ts";

const ada = { member: "ada", name: "Ada", state: null };
let list: AnnouncedList;
beforeEach(() => {
  list = new AnnouncedList();
});

describe("AnnouncedList", () => {
  test("[PRES-4] tells joins, updates and leaves apart, and reports no change twice", () => {
    const busy = { ...ada, state: "busy" };
    const changes = [ada, ada, busy, busy, undefined, undefined].map((entry) => list.set("ada", entry));
    expect(changes).toEqual(["joined", undefined, "updated", undefined, "left", undefined]);
  });

  test("[PRES-1] reports the leave of a member that only newcomers were sent", () => {
    list.onSnapshot([ada], 1);
    expect([list.has("ada"), list.set("ada", undefined)]).toEqual([false, "left"]);
  });

  test("[PRES-1] reports the join of a member that only newcomers were sent", () => {
    list.onSnapshot([ada], 1);
    expect([list.set("ada", ada), list.has("ada")]).toEqual(["joined", true]);
  });

  test("[PRES-1] knows that a newcomer was sent another count, or no list", () => {
    list.count = 1;
    list.onSnapshot([ada], 1);
    expect([list.count, list.scope]).toEqual([1, "all"]);
    list.onSnapshot(null, 2);
    expect([list.count, list.scope]).toEqual([undefined, "some"]);
  });

  test("[PRES-1] reports an update after a wake only if the entry may have changed before it", () => {
    list.restore(ada, false);
    expect([list.entry("ada"), list.set("ada", ada)]).toEqual([ada, undefined]);
    list.restore(ada, true);
    expect([list.entry("ada"), list.set("ada", ada)]).toEqual([undefined, "updated"]);
  });
});
