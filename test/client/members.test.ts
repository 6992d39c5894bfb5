import { expect, test } from "vitest";
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
const newsOf = (news: ReturnType<Members["take"]>) =>
  news.map(({ type, member: { member: id } }) => [type, id]);

/** One of the members "a" and "b", as "a". */
function company(): Members {
  const members = new Members();
  members.take(welcomeWith({ member: "a", members: [member("a"), member("b")], count: 2 }));
  return members;
}

test("[PRES-1] a list begins with the welcome, and that is no news", () => {
  const members = new Members();
  expect(members.take(welcomeWith({ member: "a", members: [member("a")], count: 1 }))).toEqual([]);
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
  expect(newsOf(members.take(change({ joined: [c, member("a")], count: 3 })))).toEqual([["join", "c"]]);
  expect(newsOf(members.take(change({ updated: [c, member("b", { busy: true })], count: 3 })))).toEqual([
    ["update", "b"],
  ]);
  expect(newsOf(members.take(change({ left: ["c", "nobody"], count: 2 })))).toEqual([["leave", "c"]]);
  expect(members.get("b")?.state).toEqual({ busy: true });
});

test("[PRES-1] a later welcome tells what happened while the connection was away", () => {
  const members = company();
  const after = welcomeWith({ member: "a", members: [member("a", 1), member("c")], count: 2 });
  expect(newsOf(members.take(after))).toEqual([
    ["leave", "b"],
    ["update", "a"],
    ["join", "c"],
  ]);
});

test("[PRES-4] where there are too many for a list there is a count, and a list again once there are fewer", () => {
  const members = company();
  expect(members.take(change({ count: 3 }))).toEqual([]);
  expect([members.listed, members.count, members.size, members.self]).toEqual([false, 3, 0, undefined]);
  members.take(change({ count: 4 }));
  expect(members.take(change({ joined: [member("a"), member("c")], count: 2 }))).toEqual([]);
  expect([members.listed, listOf(members)]).toEqual([true, ["a", "c"]]);
});

test("[PRES-4] one who may not see the list knows the count", () => {
  const members = new Members();
  members.take(welcomeWith({ members: null, count: 7 }));
  expect([members.listed, members.count, members.size]).toEqual([false, 7, 0]);
});
