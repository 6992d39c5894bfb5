import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type JoinOptions, joinRoom, type Member, type Room } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { ALL, SECRET, token } from "../support/tokens.ts";

let service: Service;
let network: Network;
const joined: Room[] = [];

beforeAll(async () => {
  service = await startService({ HEARTBEAT_SECONDS: "1", LEAVE_GRACE_MS: "5000", AUTH_SECRET: SECRET });
  network = await Network.start(() => Number(new URL(service.url).port));
});

afterEach(() => {
  network.plug();
  for (const room of joined.splice(0)) room.leave();
});

afterAll(async () => {
  await network.stop();
  await service.stop();
});

/** A member, with what it was told: the names of those who came, went and changed, and what was signalled. */
async function join(name: string, options: JoinOptions = {}, via = service.url) {
  const room = joinRoom(expect.getState().currentTestName ?? "", { name, host: via, ...options });
  joined.push(room);
  const news: string[] = [];
  const signals: unknown[] = [];
  const errors: string[] = [];
  for (const type of ["join", "leave", "update"] as const) {
    room.on(type, (member) => news.push(`${type} ${member.name}`));
  }
  room.on("signal", ({ data }) => signals.push(data));
  room.on("error", ({ code }) => errors.push(code));
  await eventually(() => room.state.status === "live");
  return { room, news, signals, errors };
}

/** A break that the network makes, and what comes after it. */
async function bounce(room: Room): Promise<void> {
  network.unplug();
  await eventually(() => room.state.status !== "live");
  network.plug();
  await eventually(() => room.state.status === "live", 10_000);
}

/** Waits until the grace of a member that drops now is over: then that of all who dropped before it is, too. */
async function graceIsOver({ room, news }: { room: Room; news: string[] }): Promise<void> {
  const last = await TestSocket.open(`${service.room(room.name)}?name=last`);
  await eventually(() => news.includes("join last"));
  last.ws.terminate();
  await eventually(() => news.includes("leave last"), 8000);
}

/** A member as another one sees it. */
const seenBy = ({ members }: Room, { member }: Member) => {
  const { name, state } = members.get(member) ?? {};
  return [name, state];
};

const selfOf = ({ members }: Room): Member => members.self ?? { member: "", name: "", state: null };

const names = ({ members }: Room) => [...members.values()].map(({ name }) => name).toSorted();

test("[PRES-1] everyone sees who is here, themselves among them, and hears who comes and goes", async () => {
  const ada = await join("Ada");
  const bob = await join("Bob");
  await eventually(() => ada.room.members.count === 2);
  for (const { room } of [ada, bob])
    expect([names(room), room.members.listed]).toEqual([["Ada", "Bob"], true]);
  expect(bob.room.members.self?.name).toBe("Bob");
  bob.room.leave();
  await eventually(() => ada.room.members.count === 1);
  expect(ada.news).toEqual(["join Bob", "leave Bob"]);
});

test("[PRES-5] a state and a name reach the others, and are shown again by a new session", async () => {
  const ada = await join("Ada");
  const bob = await join("Bob", {}, `127.0.0.1:${network.port}`);
  bob.room.setState({ mood: "fine" });
  bob.room.setName("Robert");
  const isShown = () => {
    const robert = [...ada.room.members.values()].find(({ name }) => name === "Robert");
    return JSON.stringify(robert?.state) === '{"mood":"fine"}';
  };
  await eventually(isShown);
  await bounce(bob.room);
  await eventually(isShown);
  expect(bob.room.members.self).toMatchObject({ name: "Robert", state: { mood: "fine" } });
});

test("[PRES-5] what is refused is forgotten: a new session shows the name and state that were accepted", async () => {
  const ada = await join("Ada");
  const bob = await join("Bob", {}, `127.0.0.1:${network.port}`);
  const robert = selfOf(bob.room);
  bob.room.setName("Robert");
  bob.room.setState({ mood: "fine" });
  bob.room.setName("x".repeat(65));
  bob.room.setState("x".repeat(3000));
  expect(() => bob.room.setState({ n: 1n })).toThrow(TypeError);
  await eventually(() => bob.errors.length === 2);
  await eventually(() => JSON.stringify(seenBy(ada.room, robert)) === '["Robert",{"mood":"fine"}]');
  ada.news.length = 0;
  await bounce(bob.room);
  await graceIsOver(ada);
  expect(ada.news).toEqual(["join last", "leave last"]);
  expect(seenBy(ada.room, robert)).toEqual(["Robert", { mood: "fine" }]);
  expect(bob.errors).toEqual(["invalid_name", "too_big"]);
});

test("[PRES-5] what is refused while away takes nothing with it", async () => {
  const ada = await join("Ada");
  const bob = await join("Bob", {}, `127.0.0.1:${network.port}`);
  const self = selfOf(bob.room);
  network.unplug();
  await eventually(() => bob.room.state.status !== "live");
  bob.room.setName("x".repeat(65));
  bob.room.setState({ mood: "fine" });
  network.plug();
  await eventually(() => JSON.stringify(seenBy(ada.room, self)) === '["Bob",{"mood":"fine"}]', 10_000);
  expect(bob.errors).toEqual(["invalid_name"]);
});

test("[PRES-5] a member with a token, who may have no other name, keeps its state", async () => {
  const ada = await join("Ada");
  const options = { token: token({ sub: "bob", name: "Bob", can: ALL }) };
  const bob = await join("", options, `127.0.0.1:${network.port}`);
  bob.room.setName("Other");
  bob.room.setState({ mood: "fine" });
  const self = selfOf(bob.room);
  const isShown = () => JSON.stringify(seenBy(ada.room, self)) === '["Bob",{"mood":"fine"}]';
  await eventually(isShown);
  ada.news.length = 0;
  await bounce(bob.room);
  await graceIsOver(ada);
  expect(ada.news).toEqual(["join last", "leave last"]);
  expect(isShown()).toBe(true);
  expect(bob.errors).toEqual(["forbidden"]);
});

test("[PRES-1] once the connection is live, the list is there; once the room is left, it is not", async () => {
  const ada = await join("Ada");
  const seen: unknown[] = [];
  const bob = joinRoom(ada.room.name, { name: "Bob", host: service.url });
  joined.push(bob);
  bob.on("state", ({ status }) => seen.push([status, names(bob), bob.members.self?.name, bob.members.count]));
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

test("[PRES-1] who may not see the list has none, however few are here", async () => {
  const alone = await join("", { token: token({ sub: "sensor", can: ["read"] }) });
  expect([alone.room.members.listed, alone.room.members.size]).toEqual([false, 0]);
});

test("[PRES-2] a short break is no leave, and what happened during it is told", async () => {
  const ada = await join("Ada");
  const bob = await join("Bob", {}, `127.0.0.1:${network.port}`);
  await eventually(() => ada.room.members.count === 2);
  network.unplug();
  await eventually(() => bob.room.state.status === "waiting");
  await join("Cleo");
  network.plug();
  await eventually(() => bob.room.state.status === "live", 10_000);
  await eventually(() => bob.room.members.count === 3);
  expect(bob.news).toContain("join Cleo");
  expect(ada.news.filter((line) => line !== "join Bob")).toEqual(["join Cleo"]);
});

test("[SIG-1] signals reach all, or those they are for; nothing of them is kept", async () => {
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

test("[SIG-3] signals with a key may be sent at any rate: none is refused, and the last one arrives", async () => {
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
    for (const room of joined.splice(0)) room.leave();
    await slow.stop();
  }
});
