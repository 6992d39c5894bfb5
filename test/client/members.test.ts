import { describe, expect, test } from "vitest";
import { Emitter } from "../../src/client/emitter.ts";
import type { MemberEvents } from "../../src/client/events.ts";
import type { Member, PresenceChange } from "../../src/client/frames.ts";
import { Members } from "../../src/client/members.ts";
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
/** A list that records its events: type and member id. */
class RecordedMembers extends Members {
  readonly #recorded: string[][] = [];
  readonly events: Emitter<MemberEvents>;

  constructor() {
    const events = new Emitter<MemberEvents>();
    super(events);
    this.events = events;
    for (const type of ["join", "leave", "update"] as const) {
      events.on(type, ({ member: id }) => this.#recorded.push([type, id]));
    }
  }

  /** Applies a frame, and returns the events that it causes. */
  eventsOf(frame: Parameters<Members["apply"]>[0]): string[][] {
    this.apply(frame);
    return this.#recorded.splice(0);
  }
}

/** The list with the members "a" and "b", as "a" sees it. */
function twoMembers(): RecordedMembers {
  const members = new RecordedMembers();
  members.apply(welcomeWith({ member: "a", members: [member("a"), member("b")], count: 2 }));
  return members;
}

describe("Members", () => {
  test("[PRES-1] emits no join for the list of the first welcome", () => {
    const members = new RecordedMembers();
    expect(members.eventsOf(welcomeWith({ member: "a", members: [member("a")], count: 1 }))).toEqual([]);
    expect([members.listed, members.count, listOf(members), members.self]).toEqual([
      true,
      1,
      ["a"],
      member("a"),
    ]);
  });

  test("[PRES-1] emits each join, leave and update once, and nothing for what it knows", () => {
    const members = twoMembers();
    const c = member("c");
    expect(members.eventsOf(change({ joined: [c, member("a")], count: 3 }))).toEqual([["join", "c"]]);
    expect(members.eventsOf(change({ updated: [c, member("b", { busy: true })], count: 3 }))).toEqual([
      ["update", "b"],
    ]);
    expect(members.eventsOf(change({ left: ["c", "nobody"], count: 2 }))).toEqual([["leave", "c"]]);
    expect(members.get("b")?.state).toEqual({ busy: true });
  });

  test("[PRES-1] emits what happened while the connection was down", () => {
    const members = twoMembers();
    const after = welcomeWith({ member: "a", members: [member("a", 1), member("c")], count: 2 });
    expect(members.eventsOf(after)).toEqual([
      ["leave", "b"],
      ["update", "a"],
      ["join", "c"],
    ]);
  });

  test("[PRES-4] holds a count for too many members, and a list again once there are fewer", () => {
    const members = twoMembers();
    expect(members.eventsOf(change({ count: 3 }))).toEqual([]);
    expect([members.listed, members.count, members.size, members.self]).toEqual([false, 3, 0, undefined]);
    members.apply(change({ count: 4 }));
    expect(members.eventsOf(change({ joined: [member("a"), member("c")], count: 2 }))).toEqual([]);
    expect([members.listed, listOf(members)]).toEqual([true, ["a", "c"]]);
  });

  test("[PRES-4] holds the count without the capability presence", () => {
    const members = new RecordedMembers();
    members.apply(welcomeWith({ members: null, count: 7 }));
    expect([members.listed, members.count, members.size]).toEqual([false, 7, 0]);
  });

  test("[PRES-1] treats an empty list as no list", () => {
    const members = new RecordedMembers();
    expect(members.eventsOf(welcomeWith({ members: null, count: 0 }))).toEqual([]);
    expect([members.listed, members.count]).toEqual([false, 0]);
  });

  test("[PRES-4] emits no leave when the list became too long while the connection was down", () => {
    const members = twoMembers();
    expect(members.eventsOf(welcomeWith({ members: null, count: 3 }))).toEqual([]);
    expect([members.listed, members.count, members.size]).toEqual([false, 3, 0]);
  });

  test("[PRES-1] emits no more leaves once a listener has left the room", () => {
    const members = twoMembers();
    members.events.on("leave", () => members.clear());
    expect(members.eventsOf(welcomeWith({ member: "d", members: [member("d")], count: 1 }))).toEqual([
      ["leave", "a"],
    ]);
    expect([members.listed, members.count, members.size]).toEqual([false, 0, 0]);
  });
});
