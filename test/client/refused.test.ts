import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { refusalOf, roomAddress } from "../../src/client/address.ts";
import { type ConnectionState, type JoinOptions, joinRoom, type Room } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";
import { SECRET, token } from "../support/tokens.ts";

let service: Service;
let network: Network;
const joined: Room[] = [];

beforeAll(async () => {
  service = await startService({ AUTH_SECRET: SECRET });
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

function join(name: string, options: JoinOptions = {}): Room {
  const room = joinRoom(name, { host: `127.0.0.1:${network.port}`, ...options });
  joined.push(room);
  return room;
}

const live = (room: Room) => eventually(() => room.state.status === "live", 15_000);
const closed = async (room: Room): Promise<ConnectionState> => {
  await eventually(() => room.state.status === "closed");
  return room.state;
};

test("a refused upgrade closes the room for good, and says why", async () => {
  expect(await closed(join("a/b"))).toMatchObject({ code: "invalid_room" });
  expect(await closed(join(".."))).toMatchObject({ code: "not_found" });
  expect(await closed(join("lobby", { token: "short" }))).toMatchObject({ code: "invalid_token" });
  expect(await closed(join("lobby", { name: "n".repeat(65) }))).toMatchObject({ code: "invalid_name" });
  expect(await closed(join("lobby", { history: 1.5 }))).toMatchObject({ code: "invalid_query" });
});

test("[ACC-1] who is banned, or whose token is for another room, is told so, and asks no more", async () => {
  const url = `http://127.0.0.1:${network.port}/v1/rooms`;
  const admin = token({ sub: "root", can: ["admin"] });
  const room = join("strict", { token: "a-guest-key-of-its-own" });
  await live(room);
  const member = room.state.status === "live" ? room.state.welcome.member : "";
  const headers = { authorization: `Bearer ${admin}` };
  const kick = await fetch(`${url}/strict/members/${member}?ban=60`, { method: "DELETE", headers });
  expect(await kick.json()).toEqual({ kicked: 1 });
  expect(await closed(room)).toMatchObject({ code: "kicked" });
  const back = join("strict", { token: "a-guest-key-of-its-own" });
  expect(await closed(back)).toMatchObject({ code: "banned" });

  const other = token({ sub: "ada", rooms: ["elsewhere"], can: ["read"] });
  expect(await closed(join("strict", { token: other }))).toMatchObject({ code: "forbidden" });
});

test("who may publish but not read is not turned away by the question why an attempt failed", async () => {
  const sensor = token({ sub: "sensor", can: ["publish"] });
  network.unplug();
  const room = join("sensors", { token: sensor });
  await eventually(() => room.state.status === "waiting");
  const address = roomAddress(service.url, "sensors", {});
  expect(await refusalOf(address, sensor)).toBeUndefined();
  network.plug();
  await live(room);
  expect(await room.publish(21.5)).toMatchObject({ seq: 1 });
});

test("[RES-2] a client that waits says why the last attempt failed", async () => {
  network.unplug();
  const room = join("why");
  await eventually(() => room.state.status === "waiting");
  expect(room.state).toMatchObject({ code: "1006" });
  network.plug();
  await live(room);

  const small = await startService({ ROOM_SOCKETS: "1" });
  try {
    const host = small.url;
    await live(join("narrow", { host }));
    const second = join("narrow", { host });
    await eventually(() => second.state.status === "waiting");
    expect(second.state).toMatchObject({ code: "no_upgrade" });
  } finally {
    for (const each of joined.splice(0)) each.leave();
    await small.stop();
  }
});
