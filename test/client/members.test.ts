import { expect, test } from "vitest";
import { Emitter } from "../../src/client/emitter.ts";
import type { MemberEvents } from "../../src/client/events.ts";
import { Members } from "../../src/client/members.ts";
import type { Member, PresenceChange } from "../../src/protocol/down.ts";
import { welcomeWith } from "./welcome.ts";

const member = (id: string, state: unknown = null): Member => ({ member: id, name: id, state });
const change = (of: Partial<PresenceChange>): PresenceChange => ({
  type: "presence",
  joined: [],
  left: [],
  updated: [],
  count: 0,
  ...of,
});
const listOf = (members: Members) => [...members.keys()].toSorted();
/** A list, and what was told of it since it was last asked: what happened, and to whom. */
class List extends Members {
  readonly #news: string[][] = [];
  readonly events: Emitter<MemberEvents>;

  constructor() {
    const events = new Emitter<MemberEvents>();
    super(events);
    this.events = events;
    for (const type of ["join", "leave", "update"] as const) {
      events.on(type, ({ member: id }) => this.#news.push([type, id]));
    }
  }

  hears(frame: Parameters<Members["take"]>[0]): string[][] {
    this.take(frame);
    return this.#news.splice(0);
  }
}

/** One of the members "a" and "b", as "a". */
function company(): List {
  const members = new List();
  members.take(welcomeWith({ member: "a", members: [member("a"), member("b")], count: 2 }));
  return members;
}

test("[PRES-1] a list begins with the welcome, and that is no news", () => {
  const members = new List();
  expect(members.hears(welcomeWith({ member: "a", members: [member("a")], count: 1 }))).toEqual([]);
  expect([members.listed, members.count, listOf(members), members.self]).toEqual([
    true,
    1,
    ["a"],
    member("a"),
  ]);
});

test("[PRES-1] who comes, goes or changes is told, once, and what is known is no news", () => {
  const members = company();
  const c = member("c");
  expect(members.hears(change({ joined: [c, member("a")], count: 3 }))).toEqual([["join", "c"]]);
  expect(members.hears(change({ updated: [c, member("b", { busy: true })], count: 3 }))).toEqual([
    ["update", "b"],
  ]);
  expect(members.hears(change({ left: ["c", "nobody"], count: 2 }))).toEqual([["leave", "c"]]);
  expect(members.get("b")?.state).toEqual({ busy: true });
});

test("[PRES-1] a later welcome tells what happened while the connection was away", () => {
  const members = company();
  const after = welcomeWith({ member: "a", members: [member("a", 1), member("c")], count: 2 });
  expect(members.hears(after)).toEqual([
    ["leave", "b"],
    ["update", "a"],
    ["join", "c"],
  ]);
});

test("[PRES-4] where there are too many for a list there is a count, and a list again once there are fewer", () => {
  const members = company();
  expect(members.hears(change({ count: 3 }))).toEqual([]);
  expect([members.listed, members.count, members.size, members.self]).toEqual([false, 3, 0, undefined]);
  members.take(change({ count: 4 }));
  expect(members.hears(change({ joined: [member("a"), member("c")], count: 2 }))).toEqual([]);
  expect([members.listed, listOf(members)]).toEqual([true, ["a", "c"]]);
});

test("[PRES-4] one who may not see the list knows the count", () => {
  const members = new List();
  members.take(welcomeWith({ members: null, count: 7 }));
  expect([members.listed, members.count, members.size]).toEqual([false, 7, 0]);
});

test("[PRES-1] a list that nobody is in is none: who may not see it is not in it", () => {
  const members = new List();
  expect(members.hears(welcomeWith({ members: null, count: 0 }))).toEqual([]);
  expect([members.listed, members.count]).toEqual([false, 0]);
});

test("[PRES-4] a list that has become too long while the connection was away is no news of those who were in it", () => {
  const members = company();
  expect(members.hears(welcomeWith({ members: null, count: 3 }))).toEqual([]);
  expect([members.listed, members.count, members.size]).toEqual([false, 3, 0]);
});

test("[PRES-1] who is told of a leave and ends the list is told of no more", () => {
  const members = company();
  members.events.on("leave", () => members.clear());
  expect(members.hears(welcomeWith({ member: "d", members: [member("d")], count: 1 }))).toEqual([
    ["leave", "a"],
  ]);
  expect([members.listed, members.count, members.size]).toEqual([false, 0, 0]);
});
