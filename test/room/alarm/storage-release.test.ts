import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { sign } from "../../auth/tokens.ts";
import { call, posted } from "../../http/call.ts";
import { waitFor } from "../../support/wait-for.ts";
import { infoOf, inside } from "../inside.ts";
import { freshRoom, type Joined, join } from "../room-client.ts";

const stub = (room: string) => env.ROOMS.getByName(room);
const evict = (room: string, webSockets: "hibernate" | "close" = "close") =>
  evictDurableObject(stub(room), { webSockets });

const asAdmin = async (path: string) =>
  call(path, { method: "DELETE", headers: { authorization: `Bearer ${await sign({ can: ["admin"] })}` } });
const erase = (room: string) => asAdmin(`/v1/rooms/${room}`);
const post = async (room: string, id: string) =>
  (await call(`/v1/rooms/${room}/messages`, posted({ data: id }, id))).json();

const tablesOf = (room: string) =>
  inside(room, ({ sql }) =>
    sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .toArray()
      .map(({ name }) => name),
  );

/** Rings the room's alarm, an hour later if not said, and says whether nothing is on disk then. */
async function isReleased(room: string, later = 3_600_000): Promise<boolean> {
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + later);
  await runDurableObjectAlarm(stub(room));
  clock.mockRestore();
  const alarm = await inside(room, ({ state }) => state.storage.getAlarm());
  const tables = await tablesOf(room);
  return alarm === null && tables.length === 0;
}

async function leave(room: string, client: Joined): Promise<void> {
  client.socket.close(1000);
  await waitFor(async () => expect((await infoOf(room)).count).toBe(0));
}

test("[DUR-10] an erased room that nobody is in gives its storage back, and is then another log", async () => {
  const room = freshRoom();
  await post(room, "a");
  const before = await infoOf(room);
  await erase(room);
  const erased = await infoOf(room);
  expect(await isReleased(room)).toBe(true);
  expect(await infoOf(room)).toMatchObject({ seq: 0, floor: 0, count: 0 });
  await evict(room);
  expect(await post(room, "a")).toMatchObject({ messages: [{ seq: 1, dup: false }] });
  const after = await infoOf(room);
  expect(new Set([before.epoch, erased.epoch, after.epoch]).size).toBe(3);
  for (const { epoch } of [before, erased]) {
    const back = await join(room, `?cursor=${epoch}.1`);
    expect(back.welcome).toMatchObject({ resumed: false, reason: "epoch", seq: 1 });
  }
});

test("[DUR-10] so does one whose messages are all too old", async () => {
  const room = freshRoom();
  await post(room, "a");
  await inside(room, ({ sql }) => void sql.exec("UPDATE dormouse_segments SET at = 0"));
  await evict(room);
  // The first alarm trims, and the next gives back.
  await runDurableObjectAlarm(stub(room));
  expect(await isReleased(room)).toBe(true);
});

test("[DUR-10] a room that was only visited keeps nothing once its visitors are gone", async () => {
  const room = freshRoom();
  const ada = await join(room);
  // The alarm that looks after silent peers is all that a visit writes.
  expect((await tablesOf(room)).filter((name) => !name.startsWith("_cf_"))).toEqual([]);
  // Soon enough that its visitor is not yet taken to be gone.
  expect(await isReleased(room, 1000)).toBe(false);
  await leave(room, ada);
  expect(await isReleased(room)).toBe(true);
});

test("[DUR-10] so does one whose last visitor is closed by the same alarm, for its silence", async () => {
  const room = freshRoom();
  await join(room);
  expect(await isReleased(room)).toBe(true);
});

test("[DUR-10] a room with a socket, a message or a ban keeps what it has", async () => {
  const [occupied, written, banned] = [freshRoom(), freshRoom(), freshRoom()];
  const ada = await join(occupied);
  ada.publish("a", 1);
  await ada.message();
  await erase(occupied);
  await ada.frame("bye");
  const back = await join(occupied);
  const { epoch } = back.welcome;
  // An hour later the socket would be taken for silent.
  expect(await isReleased(occupied, 0)).toBe(false);
  expect(await infoOf(occupied)).toMatchObject({ epoch });
  await leave(occupied, back);
  expect(await isReleased(occupied)).toBe(true);

  await post(written, "a");
  expect(await isReleased(written)).toBe(false);
  expect(await infoOf(written)).toMatchObject({ seq: 1 });

  await asAdmin(`/v1/rooms/${banned}/members/mallory?ban=86400`);
  await erase(banned);
  expect(await isReleased(banned)).toBe(false);
  expect(await tablesOf(banned)).toContain("dormouse_bans");
  await inside(banned, ({ sql }) => void sql.exec("UPDATE dormouse_bans SET until = 1"));
  await evict(banned);
  const visitor = await join(banned);
  await leave(banned, visitor);
  expect(await isReleased(banned)).toBe(true);
});

test("[DUR-10] after giving its storage back in one life, a room stores, bans and is erased as ever", async () => {
  const room = freshRoom();
  for (let i = 0; i < 3; i++) {
    expect(await post(room, "a")).toMatchObject({ messages: [{ seq: 1, dup: false }] });
    await asAdmin(`/v1/rooms/${room}/members/mallory?ban=60`);
    await asAdmin(`/v1/rooms/${room}/members/mallory?ban=0`);
    await erase(room);
    expect(await isReleased(room)).toBe(true);
  }
});

test("[DUR-11] who joined a room without messages is sent all that came since, however often the room slept", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const { epoch } = ada.welcome;
  await evict(room);
  // Nobody wrote anything: nothing was missed.
  const same = await join(room, `?cursor=${epoch}.0`);
  expect(same.welcome).toMatchObject({ seq: 0, resumed: true });
  expect(same.welcome).not.toHaveProperty("reason");
  await evict(room);
  for (const id of ["1", "2"]) await post(room, id);
  await evict(room);
  const back = await join(room, `?cursor=${epoch}.0`);
  expect(back.welcome).toMatchObject({ seq: 2, resumed: true });
  expect((await back.messages(2)).map(({ id }) => id)).toEqual(["1", "2"]);
  // A cursor that counts messages of another log is never honoured.
  const wrong = await join(room, `?cursor=${epoch}.1`);
  if (epoch !== back.welcome.epoch) expect(wrong.welcome).toMatchObject({ resumed: false, reason: "epoch" });
});

test("[DUR-11] the first message is stored under the epoch that open sessions were told, also after a sleep", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const { epoch } = ada.welcome;
  await evict(room, "hibernate");
  expect(await infoOf(room)).toMatchObject({ epoch });
  await evict(room, "hibernate");
  ada.publish("a", 1);
  await ada.message();
  await evict(room);
  const back = await join(room, `?cursor=${epoch}.1`);
  expect(back.welcome).toMatchObject({ epoch, seq: 1, resumed: true });
});

test("[DUR-11] whoever was there for an erase is told of it, also without a message", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await erase(room);
  const back = await join(room, `?cursor=${ada.welcome.epoch}.0`);
  expect(back.welcome).toMatchObject({ resumed: false, reason: "epoch" });
});

test("[API-21] pages of two logs are never mixed: a page says of which it is, and the next one asks for that", async () => {
  const room = freshRoom();
  const path = `/v1/rooms/${room}/messages`;
  for (let i = 1; i <= 6; i++) await post(room, `old-${i}`);
  const first = await call(`${path}?after=0&limit=2`);
  const { epoch } = (await first.json()) as { epoch: string };
  const next = /^<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  expect(next).toBe(`${path}?after=2&limit=2&epoch=${epoch}`);
  expect(await (await call(next)).json()).toMatchObject({ epoch, messages: [{ seq: 3 }, { seq: 4 }] });
  await erase(room);
  for (let i = 1; i <= 6; i++) await post(room, `new-${i}`);
  for (const headers of [{}, { "if-none-match": "*" }]) {
    const changed = await call(next, { headers });
    expect([changed.status, await changed.json()]).toEqual([
      409,
      expect.objectContaining({ code: "epoch_changed" }),
    ]);
  }
  expect(await (await call(`${path}?limit=1`)).json()).toMatchObject({
    epoch: expect.not.stringContaining(epoch),
    messages: [{ id: "new-6" }],
  });
});

test("[API-21] a caller that polls a room from its beginning is not told of an erase that never was", async () => {
  const room = freshRoom();
  const path = `/v1/rooms/${room}/messages?after=0`;
  const { epoch } = (await (await call(path)).json()) as { epoch: string };
  await evict(room);
  expect((await call(`${path}&epoch=${epoch}`)).status).toBe(200);
  await post(room, "a");
  expect(await (await call(`${path}&epoch=${epoch}`)).json()).toMatchObject({ messages: [{ id: "a" }] });
  const other = await infoOf(freshRoom());
  expect((await call(`${path}&epoch=${other.epoch}`)).status).toBe(409);
});
