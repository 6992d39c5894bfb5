import { describe, expect, test } from "vitest";
import type { TimelineItem } from "../../../src/client/index.ts";
import { turns } from "../fake-socket.ts";
import { items, joinServer, statuses } from "../join-server.ts";

describe("Timeline with messages of its own", () => {
  test("[VIEW-2] shows a message from its publish on, and settles it in place under one key", async () => {
    const { server, room, settle } = joinServer();
    const early = room.publish("early", { id: "early" });
    await turns();
    expect(statuses(room)).toEqual(["early sending"]);
    await settle();
    await early;
    void room.publish("mine", { id: "mine" });
    server.say("bob", "theirs");
    await turns();
    expect(statuses(room)).toEqual(["early sent", "mine sending"]);
    const [, pending] = items(room);
    expect(pending).toMatchObject({ from: "me", name: "me", id: "mine" });
    await settle();
    expect(statuses(room)).toEqual(["early sent", "theirs sent", "mine sent"]);
    expect(items(room)[2]).toMatchObject({ key: pending?.key, seq: 3, at: expect.any(Number) });
  });

  test("[VIEW-2] keeps a failed message in its place until it is sent again or discarded", async () => {
    const { server, room, settle } = joinServer({ queue: 1 });
    const { timeline } = room;
    const first = room.publish("first");
    const refused = room.publish("refused", { id: "r" });
    await expect(refused).rejects.toMatchObject({ code: "queue_full" });
    void room.publish("also", { id: "d" });
    await settle();
    await first;
    server.say("bob", "later");
    await settle();
    expect(statuses(room)).toEqual(["refused failed", "also failed", "first sent", "later sent"]);
    expect(items(room)[0]?.error).toMatchObject({ code: "queue_full" });
    timeline.discard("d");
    const key = items(room)[0]?.key;
    timeline.retry("r");
    expect(statuses(room)).toEqual(["first sent", "later sent", "refused sending"]);
    await settle();
    expect(statuses(room)).toEqual(["first sent", "later sent", "refused sent"]);
    expect(items(room)[2]).toMatchObject({ key, seq: 3 });
    // Neither call does anything to a message that is stored.
    timeline.retry("r");
    timeline.discard("r");
    await settle();
    expect(items(room)).toHaveLength(3);
  });

  test("[VIEW-2] settles a message whose acknowledgement comes in place of the message", async () => {
    const { server, room, settle, reconnect } = joinServer();
    await settle();
    const published = room.publish("twice", { id: "one" });
    // The server stores it, and the answer is lost with the connection; the next session starts afresh.
    await turns();
    for (const connection of server.open) server.handle(connection);
    server.resumeMessages = 0;
    await reconnect(() => server.say("bob", "after"));
    expect(await published).toEqual({ id: "one", seq: 1 });
    await Promise.all([room.timeline.loadOlder(), settle()]);
    expect(statuses(room)).toEqual(["twice sent", "after sent"]);
  });

  test("[VIEW-4] sends operations as publishes, and rejects with the server's refusal", async () => {
    const { server, room, settle } = joinServer();
    await settle();
    const { seq } = await Promise.all([room.publish({ text: "one" }), settle()]).then(
      ([published]) => published,
    );
    const operations = [
      room.edit(seq, { text: "two" }),
      room.append(seq, "!"),
      room.react(seq, "+1"),
      room.unreact(seq, "+1"),
      room.react(seq, "heart"),
    ];
    await settle();
    await Promise.all(operations);
    expect(server.log.slice(1)).toMatchObject([
      { op: "edit", target: 1, data: { text: "two" } },
      { op: "append", target: 1, data: "!", offset: 3 },
      { op: "react", target: 1, key: "+1" },
      { op: "unreact", target: 1, key: "+1" },
      { op: "react", target: 1, key: "heart" },
    ]);
    const [item] = items(room) as TimelineItem<{ text: string }>[];
    expect(item).toMatchObject({
      data: { text: "two!" },
      edited: expect.any(Number),
      reactions: { heart: { count: 1, members: ["me"], mine: true } },
    });
    await Promise.all([room.remove(seq), settle()]);
    expect(items(room)).toMatchObject([{ deleted: true }]);
    const refused = room.edit(seq, { text: "three" });
    await Promise.all([expect(refused).rejects.toMatchObject({ code: "invalid_target" }), settle()]);
    // An operation is no message of its own, sent or failed.
    expect(items(room)).toHaveLength(1);
  });
});
