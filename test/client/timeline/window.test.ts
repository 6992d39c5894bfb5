import { describe, expect, test } from "vitest";
import { FakeServer } from "../fake-server.ts";
import { turns } from "../fake-socket.ts";
import { datas, items, joinServer, say } from "../join-server.ts";

describe("Timeline with a bounded window", () => {
  test("[VIEW-3] drops the far end beyond its limit, and loads it again", async () => {
    const server = say(new FakeServer(), 100);
    const { room, settle } = joinServer({ history: 20, timelineLimit: 30 }, server);
    const { timeline } = room;
    await settle();
    const load = async (page: Promise<void>) => {
      await Promise.all([page, settle()]);
      return [items(room)[0]?.data, items(room).at(-1)?.data, items(room).length];
    };
    expect(await load(timeline.loadOlder(10))).toEqual(["m71", "m100", 30]);
    expect(await load(timeline.loadOlder(10))).toEqual(["m61", "m90", 30]);
    expect(timeline.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true });
    // The window is far from the end: what arrives there is not in it, and an operation still finds its target.
    server.say("bob", "m101");
    server.say("bob", "m70!", { op: "edit", target: 70 });
    await settle();
    expect(items(room).map(({ data }) => data)).toContain("m70!");
    expect(await load(timeline.loadNewer(10))).toEqual(["m71", "m100", 30]);
    expect(await load(timeline.loadNewer(10))).toEqual(["m72", "m101", 30]);
    expect(timeline.getSnapshot().hasNewer).toBe(false);
    server.say("bob", "m103");
    expect(await load(Promise.resolve())).toEqual(["m73", "m103", 30]);
    // A publish returns to the end.
    for (let page = 0; page < 4; page++) await load(timeline.loadOlder(10));
    expect(timeline.getSnapshot().hasNewer).toBe(true);
    void room.publish("mine");
    await settle();
    expect(timeline.getSnapshot().hasNewer).toBe(false);
    expect(datas(room).slice(-2)).toEqual(["m103", "mine"]);
  });

  test("[VIEW-3] counts the size of messages, too", async () => {
    const { server, room, settle } = joinServer();
    await settle();
    const large = "x".repeat(5 * 1024 * 1024);
    for (let i = 0; i < 5; i++) server.say("bob", large);
    await settle();
    expect(items(room)).toHaveLength(3);
    expect(room.timeline.getSnapshot().hasOlder).toBe(true);
  });

  test("[VIEW-1] waits for a connection to load a page, and asks again where it broke", async () => {
    const server = say(new FakeServer(), 10);
    const { room, settle, reconnect } = joinServer({}, server);
    const { timeline } = room;
    await settle();
    const page = timeline.loadOlder();
    expect(timeline.loadOlder()).toBe(page);
    expect(timeline.getSnapshot().isLoading).toBe(true);
    await turns();
    await reconnect();
    await page;
    expect(items(room)).toHaveLength(10);
    expect(timeline.getSnapshot().isLoading).toBe(false);
  });

  test("[VIEW-1] ends a page without a result when the room is left, and rejects when the server refuses", async () => {
    const server = say(new FakeServer(), 3);
    const { room, settle } = joinServer({}, server);
    const { timeline } = room;
    await settle();
    const refused = timeline.loadOlder();
    await turns();
    const [connection] = server.open;
    const { id } = JSON.parse(connection?.up.pop() ?? "{}");
    connection?.down.push(JSON.stringify({ type: "error", code: "rate_limited", message: "Slow.", id }));
    await Promise.all([expect(refused).rejects.toMatchObject({ code: "rate_limited" }), settle()]);
    const page = timeline.loadOlder();
    room.leave();
    await page;
    expect(timeline.getSnapshot()).toMatchObject({ isLoading: false, messages: [] });
  });
});
