import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import {
  infoOf,
  inside,
  publishBytesFrame,
  publishFrame,
  receiveAtOnce,
  storeLog,
  withNextJoin,
} from "../inside.ts";
import { freshRoom, join, RoomClient, upgrade } from "../room-client.ts";

/** Takes from a room what it stores messages in, or gives it back. */
const breakLog = (room: string) => alter(room, "ALTER TABLE dormouse_segments RENAME TO elsewhere");
const mendLog = (room: string) => alter(room, "ALTER TABLE elsewhere RENAME TO dormouse_segments");

const alter = (room: string, sql: string) => inside(room, (within) => void within.sql.exec(sql));

// Each fault here is logged, which is right, and would drown the report.
let faults: MockInstance<typeof console.error>;
beforeEach(() => {
  faults = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => faults.mockRestore());

describe("a flush that cannot be stored", () => {
  test("[DUR-3] reaches nobody, its publisher is told so, and the same message is taken once the log is mended", async () => {
    const room = freshRoom();
    const [ada, bob, plain] = [await join(room), await join(room), await RoomClient.plain(room)];
    ada.publish("first", 1);
    for (const client of [ada, bob]) expect((await client.message()).seq).toBe(1);
    expect(await plain.text()).toBe("1");

    await breakLog(room);
    ada.publish("lost", "lost");
    const error = await ada.frame("error");
    expect(error).toMatchObject({ code: "unavailable", id: "lost" });
    expect(error.message).not.toMatch(/segments|SQL/i);
    expect(faults).toHaveBeenCalledOnce();

    await mendLog(room);
    ada.publish("lost", "found");
    for (const client of [ada, bob]) {
      expect(await client.message()).toMatchObject({ seq: 2, id: "lost", data: "found" });
    }
    expect(await plain.text()).toBe("found");
    expect((await infoOf(room)).seq).toBe(2);
  });

  test("[DUR-3] is told to each of its publishers, for each of their messages", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    await storeLog(room);
    await breakLog(room);
    await receiveAtOnce(
      room,
      ada.welcome.member,
      ["1", "2", "3"].map((id) => publishFrame(id, id)),
    );
    await receiveAtOnce(room, bob.welcome.member, [publishBytesFrame("4", new Uint8Array(1))]);
    for (const id of ["1", "2", "3"])
      expect(await ada.frame("error")).toMatchObject({ code: "unavailable", id });
    expect(await bob.frame("error")).toMatchObject({ code: "unavailable", id: "4" });
    await mendLog(room);
    await ada.expectQuiet();
    await bob.expectQuiet();
  });

  test("[DUR-3] is left out as a whole, where but one of its rows fails", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    await storeLog(room);
    await alter(
      room,
      `CREATE TRIGGER full BEFORE INSERT ON dormouse_segments WHEN NEW.kind = 1
       BEGIN SELECT RAISE(ABORT, 'no room for bytes'); END`,
    );
    // The first has a flush of its own; text, bytes and text share the next.
    const frames = [
      publishFrame("a", 1),
      publishFrame("b", 2),
      publishBytesFrame("c", new Uint8Array(1)),
      publishFrame("d", 4),
    ];
    await receiveAtOnce(room, ada.welcome.member, frames);
    expect(await ada.message()).toMatchObject({ seq: 1, id: "a" });
    for (const id of ["b", "c", "d"])
      expect(await ada.frame("error")).toMatchObject({ code: "unavailable", id });
    await alter(room, "DROP TRIGGER full");
    ada.publish("e", 5);
    for (const client of [ada, bob]) {
      if (client === bob) expect(await client.message()).toMatchObject({ seq: 1, id: "a" });
      expect(await client.message()).toMatchObject({ seq: 2, id: "e" });
    }
    const rows = await inside(room, ({ sql }) =>
      sql.exec("SELECT first, last FROM dormouse_segments").toArray(),
    );
    expect(rows).toEqual([
      { first: 1, last: 1 },
      { first: 2, last: 2 },
    ]);
  });

  test("[DUR-3] is told to a plain socket by its close, with no frame that it could take for a message", async () => {
    const room = freshRoom();
    const [plain, other] = [await RoomClient.plain(room), await join(room)];
    await storeLog(room);
    await breakLog(room);
    plain.send("lost");
    expect(await plain.closed()).toEqual({ closed: 1011, reason: expect.stringMatching(/\w+ \w+/) });
    await mendLog(room);
    await other.expectQuiet();
  });
});

describe("a replay that cannot be read", () => {
  const BIG = "x".repeat(200 * 1024);
  /** The newest messages are in memory until the object goes out of it. */
  const forgetRecent = async (room: string) => {
    await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "hibernate" });
    await infoOf(room);
  };

  test("an upgrade that fails amid it leaves nobody in the room", async () => {
    const room = freshRoom();
    const ada = await join(room);
    ada.publish("a", 1);
    await ada.message();
    await forgetRecent(room);
    await breakLog(room);
    const response = await upgrade(room, "?history=1", { "sec-websocket-protocol": "dormouse.v1" });
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    await mendLog(room);
    expect((await infoOf(room)).count).toBe(1);
  });

  test("[ORD-1] a session that cannot be sent the rest is closed, so that it does not wait for ever", async () => {
    const room = freshRoom();
    const ada = await join(room);
    for (const id of ["1", "2", "3"]) {
      ada.publish(id, BIG);
      await ada.message();
    }
    await forgetRecent(room);
    await withNextJoin(room, ({ sql }) => void sql.exec("ALTER TABLE dormouse_segments RENAME TO elsewhere"));
    const bob = await join(room, "?history=3");
    expect((await bob.message()).seq).toBe(1);
    expect(await bob.frame("bye")).toMatchObject({ code: "server_error", retry: "later" });
    expect((await bob.closed()).closed).toBe(1011);
  });
});
