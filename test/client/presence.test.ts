import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type JoinOptions, joinRoom, type Room } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";

let service: Service;
let network: Network;
const joined: Room[] = [];

beforeAll(async () => {
  service = await startService({ HEARTBEAT_SECONDS: "1", LEAVE_GRACE_MS: "5000" });
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
  for (const type of ["join", "leave", "update"] as const) {
    room.on(type, (member) => news.push(`${type} ${member.name}`));
  }
  room.on("signal", ({ data }) => signals.push(data));
  await eventually(() => room.state.status === "live");
  return { room, news, signals };
}

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
  network.unplug();
  await eventually(() => bob.room.state.status !== "live");
  network.plug();
  await eventually(() => bob.room.state.status === "live", 10_000);
  await eventually(isShown);
  expect(bob.room.members.self).toMatchObject({ name: "Robert", state: { mood: "fine" } });
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
