import { describe, expect, test } from "vitest";
import { FakeServer } from "../fake-server.ts";
import { turns } from "../fake-socket.ts";
import { datas, items, joinServer, say, statuses } from "../join-server.ts";

describe("Timeline", () => {
  test("[VIEW-1] is loading until the history of a fresh join is complete, and knows whether there is more", async () => {
    const server = say(new FakeServer(), 10);
    const { room, settle } = joinServer({ history: 4 }, server);
    const { timeline } = room;
    expect(timeline.getSnapshot()).toMatchObject({ isLoading: true, hasOlder: false, messages: [] });
    await settle();
    expect(timeline.getSnapshot()).toMatchObject({ isLoading: false, hasOlder: true });
    expect(datas(room)).toEqual(["m7", "m8", "m9", "m10"]);
    await Promise.all([timeline.loadOlder(4), settle()]);
    expect(datas(room)).toEqual(["m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10"]);
    await Promise.all([timeline.loadOlder(4), settle()]);
    expect(items(room)).toHaveLength(10);
    expect(timeline.getSnapshot().hasOlder).toBe(false);
  });

  test.each([
    ["the room is empty", 0, 10, false],
    ["the history holds everything", 3, 10, false],
    ["the history ends at the first message", 3, 3, false],
    ["no history was asked for", 3, 0, true],
  ])(
    "[VIEW-1] knows from the start whether there are older messages: %s",
    async (_, said, history, hasOlder) => {
      const server = new FakeServer();
      say(server, said);
      const { room, settle } = joinServer({ history }, server);
      const { timeline } = room;
      await settle();
      expect(timeline.getSnapshot().hasOlder).toBe(hasOlder);
    },
  );

  test("[VIEW-1] knows that nothing is older when operations fill the log, or retention has trimmed it", async () => {
    const folded = new FakeServer();
    say(folded, 2);
    for (let i = 0; i < 20; i++) folded.say("bob", "!", { op: "append", target: 1 });
    const first = joinServer({ history: 5 }, folded);
    await first.settle();
    expect(first.room.timeline.getSnapshot()).toMatchObject({ hasOlder: false, isLoading: false });
    expect(datas(first.room)).toEqual([`m1${"!".repeat(20)}`, "m2"]);

    const trimmed = new FakeServer();
    say(trimmed, 10);
    trimmed.log = trimmed.log.slice(7);
    const second = joinServer({ history: 5 }, trimmed);
    await second.settle();
    expect(second.room.timeline.getSnapshot()).toMatchObject({ hasOlder: false });
    expect(datas(second.room)).toEqual(["m8", "m9", "m10"]);
  });

  test("[VIEW-1] is complete after a frame without messages, which skips the operations at the end of the log", async () => {
    const server = say(new FakeServer(), 2);
    server.say("bob", "edited", { op: "edit", target: 1 });
    const { room } = joinServer({ history: 5 }, server);
    // Each frame arrives in a turn of its own, as over a network.
    for (let turn = 0; turn < 10; turn++) {
      await turns();
      for (const connection of server.open) {
        if (!connection.isJoined || connection.up.length > 0) server.handle(connection);
        else if (connection.down.length > 0) connection.deliver();
      }
    }
    await turns();
    expect(datas(room)).toEqual(["edited", "m2"]);
    expect(room.timeline.getSnapshot()).toMatchObject({ isLoading: false, hasOlder: false });
  });

  test("[VIEW-2] restores a message that failed in an earlier run, which can be sent again or discarded", async () => {
    const { room, server, settle } = joinServer({ history: 2 }, say(new FakeServer(), 5));
    const { timeline } = room;
    timeline.restore("1", "first", new Error("refused"));
    timeline.restore("2", "second", new Error("refused"));
    await settle();
    expect(statuses(room)).toEqual(["m4 sent", "m5 sent", "first failed", "second failed"]);
    expect(server.tail).toBe(5);
    timeline.discard("1");
    timeline.retry("2");
    await settle();
    expect(statuses(room)).toEqual(["m4 sent", "m5 sent", "second sent"]);
    expect(server.log.at(-1)).toMatchObject({ id: "2", data: "second" });
  });

  test("[VIEW-1] returns the same objects until something changes, and the same items where they did not change", async () => {
    const { room, server, settle } = joinServer({ history: 10 });
    const { timeline } = room;
    await settle();
    say(server, 3);
    await settle();
    const before = timeline.getSnapshot();
    expect(timeline.getSnapshot()).toBe(before);
    // An operation on a message that the timeline does not hold.
    server.say("bob", "x", { op: "edit", target: 99 });
    await settle();
    expect(timeline.getSnapshot()).toBe(before);
    server.say("bob", "edited", { op: "edit", target: 2 });
    await settle();
    const after = timeline.getSnapshot();
    expect(after).not.toBe(before);
    expect(after.messages.map((item, i) => item === before.messages[i])).toEqual([true, false, true]);
    expect(after.messages[1]).toMatchObject({ data: "edited", key: before.messages[1]?.key });
  });

  test("[VIEW-1] calls its listeners once for all messages of a turn", async () => {
    const { room, server, settle } = joinServer();
    const { timeline } = room;
    await settle();
    let calls = 0;
    const stop = timeline.subscribe(() => calls++);
    say(server, 50);
    server.settle();
    await turns();
    expect(calls).toBe(1);
    expect(timeline.getSnapshot().messages).toHaveLength(50);
    stop();
    say(server, 1);
    await settle();
    expect(calls).toBe(1);
  });

  test("[VIEW-1] folds what was missed over a resume, and starts afresh after a gap or an erase", async () => {
    const { server, room, settle, reconnect } = joinServer({ history: 3 });
    const { timeline } = room;
    await settle();
    say(server, 5);
    await settle();
    await reconnect(() => {
      for (const piece of ["a", "b", "c"]) server.say("bob", piece, { op: "append", target: 5 });
      server.say("bob", undefined, { op: "delete", target: 4 });
    });
    expect(datas(room)).toEqual(["m1", "m2", "m3", undefined, "m5abc"]);
    expect(items(room)[3]).toMatchObject({ deleted: true, version: 9 });

    server.resumeMessages = 0;
    await reconnect(() => server.say("bob", "while away"));
    expect(timeline.getSnapshot().hasOlder).toBe(true);
    await Promise.all([timeline.loadOlder(), settle()]);
    expect(datas(room)).toEqual(["m1", "m2", "m3", undefined, "m5abc", "while away"]);

    void room.publish("pending", { id: "p" }).catch(() => {});
    server.erase();
    await reconnect();
    expect(statuses(room)).toEqual(["pending sent"]);
    expect(timeline.getSnapshot()).toMatchObject({ hasOlder: false, isLoading: false });
  });

  test("[VIEW-1] shows messages again after a gap where the join asked for no history", async () => {
    const { server, room, settle, reconnect } = joinServer();
    await settle();
    say(server, 2);
    await settle();
    server.resumeMessages = 0;
    await reconnect(() => server.say("bob", "m3"));
    expect(datas(room)).toEqual(["m1", "m2", "m3"]);
  });

  test("[VIEW-1] loads the history of a room that was joined before its timeline was used", async () => {
    const server = say(new FakeServer(), 5);
    const { room, settle } = joinServer({ history: 3 }, server, false);
    await settle();
    expect(items(room)).toEqual([]);
    await settle();
    expect(datas(room)).toEqual(["m3", "m4", "m5"]);
  });

  test("[VIEW-1] marks the first unread message of others", async () => {
    const server = say(new FakeServer(), 2);
    const { room, settle, reconnect } = joinServer({ history: 5 }, server);
    const { timeline } = room;
    await settle();
    const unreadFrom = () => timeline.getSnapshot().unreadFrom;
    // Messages from before the join count as read.
    expect(unreadFrom()).toBeUndefined();
    void room.publish("mine");
    await settle();
    expect(unreadFrom()).toBeUndefined();
    await reconnect(() => server.say("bob", "m4"));
    server.say("bob", "m5");
    await settle();
    expect(unreadFrom()).toBe(4);
    timeline.markRead(4);
    expect(unreadFrom()).toBe(5);
    timeline.markRead();
    expect(unreadFrom()).toBeUndefined();
  });

  test("[VIEW-1] takes unread messages from a stored cursor", async () => {
    const server = say(new FakeServer(), 5);
    const cursor = { load: () => "e1.3", save: () => {} };
    const { room, settle } = joinServer({ cursor }, server);
    const { timeline } = room;
    await settle();
    expect(datas(room)).toEqual(["m4", "m5"]);
    expect(timeline.getSnapshot()).toMatchObject({ unreadFrom: 4, hasOlder: true });
  });
});
