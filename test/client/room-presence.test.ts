import { describe, expect, test } from "vitest";
import type { JoinOptions, Member, Room } from "../../src/client/index.ts";
import { startService } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { ALL, SECRET, token } from "../support/tokens.ts";
import { live, serviceRooms } from "./service-rooms.ts";

const rooms = serviceRooms({ HEARTBEAT_SECONDS: "1", LEAVE_GRACE_MS: "5000", AUTH_SECRET: SECRET });

/** Each test has a room of its own. */
const roomOfTest = () => expect.getState().currentTestName?.slice(0, 60) ?? "";

/** Joins the room of the test, and records the joins, leaves and updates by name, the signals and the errors. */
async function join(name: string, options: JoinOptions = {}, host = rooms.service.url) {
  const room = rooms.join(roomOfTest(), { name, host, ...options });
  const changes: string[] = [];
  const signals: unknown[] = [];
  const errors: string[] = [];
  for (const type of ["join", "leave", "update"] as const) {
    room.on(type, (member) => changes.push(`${type} ${member.name}`));
  }
  room.on("signal", ({ data }) => signals.push(data));
  room.on("error", ({ code }) => errors.push(code));
  await live(room);
  return { room, changes, signals, errors };
}

/** Cuts the connection, and waits for the next one. */
async function reconnect(room: Room): Promise<void> {
  rooms.network.unplug();
  await eventually(() => room.state.status !== "live");
  rooms.network.plug();
  await eventually(() => room.state.status === "live", 10_000);
}

/** Waits until a member that drops now has left: then those that dropped before it have left, too. */
async function graceIsOver({ room, changes }: { room: Room; changes: string[] }): Promise<void> {
  const last = await TestSocket.open(`${rooms.service.room(room.name)}?name=last`);
  await eventually(() => changes.includes("join last"));
  last.ws.terminate();
  await eventually(() => changes.includes("leave last"), 8000);
}

/** The name and state of a member as another one sees them. */
const seenBy = ({ members }: Room, { member }: Member) => {
  const { name, state } = members.get(member) ?? {};
  return [name, state];
};

const selfOf = ({ members }: Room): Member => members.self ?? { member: "", name: "", state: null };

const names = ({ members }: Room) => [...members.values()].map(({ name }) => name).toSorted();

describe("Room presence", () => {
  test("[PRES-1] lists the members with itself among them, and emits joins and leaves", async () => {
    const ada = await join("Ada");
    const bob = await join("Bob");
    await eventually(() => ada.room.members.count === 2);
    for (const { room } of [ada, bob])
      expect([names(room), room.members.listed]).toEqual([["Ada", "Bob"], true]);
    expect(bob.room.members.self?.name).toBe("Bob");
    bob.room.leave();
    await eventually(() => ada.room.members.count === 1);
    expect(ada.changes).toEqual(["join Bob", "leave Bob"]);
  });

  test("[PRES-5] sends its state and name to the others, and again in a new session", async () => {
    const ada = await join("Ada");
    const bob = await join("Bob", {}, rooms.host);
    bob.room.setState({ mood: "fine" });
    bob.room.setName("Robert");
    const isShown = () => {
      const robert = [...ada.room.members.values()].find(({ name }) => name === "Robert");
      return JSON.stringify(robert?.state) === '{"mood":"fine"}';
    };
    await eventually(isShown);
    await reconnect(bob.room);
    await eventually(isShown);
    expect(bob.room.members.self).toMatchObject({ name: "Robert", state: { mood: "fine" } });
  });

  test("[PRES-5] sends the accepted name and state in a new session after a refusal", async () => {
    const ada = await join("Ada");
    const bob = await join("Bob", {}, rooms.host);
    const robert = selfOf(bob.room);
    bob.room.setName("Robert");
    bob.room.setState({ mood: "fine" });
    bob.room.setName("x".repeat(65));
    bob.room.setState("x".repeat(3000));
    expect(() => bob.room.setState({ n: 1n })).toThrow(TypeError);
    await eventually(() => bob.errors.length === 2);
    await eventually(() => JSON.stringify(seenBy(ada.room, robert)) === '["Robert",{"mood":"fine"}]');
    ada.changes.length = 0;
    await reconnect(bob.room);
    await graceIsOver(ada);
    expect(ada.changes).toEqual(["join last", "leave last"]);
    expect(seenBy(ada.room, robert)).toEqual(["Robert", { mood: "fine" }]);
    expect(bob.errors).toEqual(["invalid_name", "too_big"]);
  });

  test("[PRES-5] sends its state when its name was refused while the connection was down", async () => {
    const ada = await join("Ada");
    const bob = await join("Bob", {}, rooms.host);
    const self = selfOf(bob.room);
    rooms.network.unplug();
    await eventually(() => bob.room.state.status !== "live");
    bob.room.setName("x".repeat(65));
    bob.room.setState({ mood: "fine" });
    rooms.network.plug();
    await eventually(() => JSON.stringify(seenBy(ada.room, self)) === '["Bob",{"mood":"fine"}]', 10_000);
    // The refusal of the name follows the state.
    await eventually(() => bob.errors.length > 0);
    expect(bob.errors).toEqual(["invalid_name"]);
  });

  test("[PRES-5] keeps its state when a token refuses it another name", async () => {
    const ada = await join("Ada");
    const options = { token: token({ sub: "bob", name: "Bob", can: ALL }) };
    const bob = await join("", options, rooms.host);
    bob.room.setName("Other");
    bob.room.setState({ mood: "fine" });
    const self = selfOf(bob.room);
    const isShown = () => JSON.stringify(seenBy(ada.room, self)) === '["Bob",{"mood":"fine"}]';
    await eventually(isShown);
    ada.changes.length = 0;
    await reconnect(bob.room);
    await graceIsOver(ada);
    expect(ada.changes).toEqual(["join last", "leave last"]);
    expect(isShown()).toBe(true);
    expect(bob.errors).toEqual(["forbidden"]);
  });

  test("[PRES-1] has a list once it is live, and none once it is left", async () => {
    const ada = await join("Ada");
    const seen: unknown[] = [];
    const bob = rooms.join(ada.room.name, { name: "Bob", host: rooms.service.url });
    bob.on("state", ({ status }) =>
      seen.push([status, names(bob), bob.members.self?.name, bob.members.count]),
    );
    bob.on("members", ({ listed, count, size }) => {
      if (count === 0) seen.push([listed, size]);
    });
    await eventually(() => bob.state.status === "live");
    bob.leave();
    expect(seen).toEqual([
      ["live", ["Ada", "Bob"], "Bob", 2],
      [false, 0],
      ["closed", [], undefined, 0],
    ]);
  });

  test("[PRES-1] has no list without the capability presence", async () => {
    const alone = await join("", { token: token({ sub: "sensor", can: ["read"] }) });
    expect([alone.room.members.listed, alone.room.members.size]).toEqual([false, 0]);
  });

  test("[PRES-2] does not leave in a short break, and emits what happened during it", async () => {
    const ada = await join("Ada");
    const bob = await join("Bob", {}, rooms.host);
    await eventually(() => ada.room.members.count === 2);
    rooms.network.unplug();
    await eventually(() => bob.room.state.status === "waiting");
    await join("Cleo");
    rooms.network.plug();
    await eventually(() => bob.room.state.status === "live", 10_000);
    await eventually(() => bob.room.members.count === 3);
    expect(bob.changes).toContain("join Cleo");
    expect(ada.changes.filter((line) => line !== "join Bob")).toEqual(["join Cleo"]);
  });

  test("[SIG-1] delivers signals to all, or to the members they name, and stores none", async () => {
    const [ada, bob, cleo] = [await join("Ada"), await join("Bob"), await join("Cleo")];
    ada.room.signal("to all");
    await eventually(() => [ada, bob, cleo].every(({ signals }) => signals.length === 1));
    ada.room.signal("to Bob", { to: [bob.room.members.self?.member ?? ""] });
    ada.room.signal("the end");
    await eventually(() => [ada, bob, cleo].every(({ signals }) => signals.includes("the end")));
    expect(bob.signals).toEqual(["to all", "to Bob", "the end"]);
    for (const { signals } of [ada, cleo]) expect(signals).toEqual(["to all", "the end"]);
    expect(await ada.room.history()).toEqual({ messages: [], more: false });
  });

  test("[SIG-3] takes signals with a key at any rate, and delivers the last one", async () => {
    const slow = await startService({ SIGNAL_RATE: "20", SIGNAL_BURST: "2" });
    try {
      const [ada, bob] = [await join("Ada", {}, slow.url), await join("Bob", {}, slow.url)];
      for (let at = 1; at <= 300; at++) {
        ada.room.signal(at, { key: "cursor" });
        if (at % 30 === 0) await eventually(() => bob.signals.at(-1) === at);
      }
      expect(bob.signals.length).toBeLessThanOrEqual(20);
      expect(ada.errors).toEqual([]);
    } finally {
      rooms.leaveAll();
      await slow.stop();
    }
  });
});
