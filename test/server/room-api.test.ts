import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { remoteRoom } from "../../src/backend/index.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import type { HistoryQuery, RoomApi } from "../../src/protocol/room-api.ts";
import type { RoomStub } from "../../src/rpc/room-calls.ts";
import { RoomHandle } from "../../src/server/room-handle.ts";
import { sign } from "../auth/tokens.ts";
import { freshRoom, join } from "../room/room-client.ts";

type Said = { text: string };

const CLAIMS = { sub: "server", name: "Server", can: ["read", "publish", "signal", "presence", "admin"] };

/** One room, reached in both ways. */
const WAYS: [string, (name: string) => RoomApi<Said>][] = [
  ["RoomHandle", (name) => new RoomHandle<Said>(name, env.ROOMS.getByName(name) as unknown as RoomStub)],
  [
    "RemoteRoom",
    (room) =>
      remoteRoom<Said>("https://dormouse.test", {
        room,
        token: () => sign(CLAIMS),
        fetch: (request) => exports.default.fetch(request),
      }),
  ],
];

async function seqsOf(room: RoomApi<Said>, query: HistoryQuery): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of room.messages(query)) seqs.push(seq);
  return seqs;
}

describe.each(WAYS)("RoomApi by %s", (_, roomOf) => {
  test("[API-32] [OPS-11] edits, appends, reacts and deletes, and reads a message in its current form", async () => {
    const room = roomOf(freshRoom());
    const { seq, epoch } = await room.publish({ text: "one" });
    expect(await room.edit(seq, { text: "two" }, { id: "e" })).toEqual({
      id: "e",
      seq: 2,
      dup: false,
      epoch,
    });
    expect(await room.edit(seq, { text: "no" }, { id: "e" })).toEqual({ id: "e", seq: 2, dup: true, epoch });
    await room.append(seq, "!");
    await room.react(seq, "👍");
    expect(await room.react(seq, "👍")).toMatchObject({ dup: true });
    const message = await room.message(seq);
    expect(message).toMatchObject({ seq, data: { text: "two!" }, version: 4, edited: expect.any(Number) });
    expect(message.reactions?.["👍"]).toMatchObject({ count: 1, members: ["server"] });
    expect((await room.history()).messages).toEqual([{ ...message, reactions: expect.any(Object) }]);
    expect(await room.unreact(seq, "👍")).toMatchObject({ seq: 5, dup: false });
    await room.delete(seq, { id: "d" });
    expect(await room.message(seq)).toMatchObject({ seq, deleted: true, data: undefined });
    for (const [call, code] of [
      [() => room.message(99), "invalid_target"],
      [() => room.edit(seq, { text: "late" }), "invalid_target"],
      [() => room.append(99, "x"), "invalid_target"],
      [() => room.delete(seq), "invalid_target"],
    ] as const)
      await expect(call()).rejects.toMatchObject({ name: "DormouseError", code });
  });

  test("[API-32] [OPS-13] streams the text of a message", async () => {
    const room = roomOf(freshRoom());
    const stream = room.stream({ text: "" }, { id: "answer" });
    for (const word of ["To ", "be."]) stream.append(word);
    const seq = await stream.end();
    const message = await room.message(seq);
    expect(message).toMatchObject({ seq: 1, id: "answer", data: { text: "To be." } });
    expect(message).not.toHaveProperty("stream");
    const other = room.stream({ text: "half" });
    expect(await room.message(await other.seq)).toMatchObject({ stream: "open" });
    expect(await room.message(await other.cancel())).toMatchObject({
      data: { text: "half" },
      stream: "incomplete",
    });
  });

  test("[API-32] publishes, and reads the same history", async () => {
    const room = roomOf(freshRoom());
    const first = await room.publish({ text: "one" }, { id: "one" });
    expect(first).toEqual({ id: "one", seq: 1, dup: false, epoch: expect.any(String) });
    expect(await room.publish({ text: "two" }, { id: "one" })).toEqual({ ...first, dup: true });
    const receipts = await room.publishMany([{ data: { text: "2" }, id: "two" }, { data: { text: "3" } }]);
    expect(receipts).toEqual([
      { id: "two", seq: 2, dup: false, epoch: first.epoch },
      { id: expect.any(String), seq: 3, dup: false, epoch: first.epoch },
    ]);
    await room.publish(new Uint8Array([1, 2]), { id: "bytes" });
    const by = { at: expect.any(Number), from: "server", name: "Server" };
    expect(await room.history({ after: 2 })).toEqual({
      epoch: first.epoch,
      messages: [
        { ...by, seq: 3, id: expect.any(String), data: { text: "3" } },
        { ...by, seq: 4, id: "bytes", data: undefined, bytes: new Uint8Array([1, 2]) },
      ],
      more: false,
    });
    expect(await room.info()).toEqual({ epoch: first.epoch, seq: 4, floor: 0, count: 0 });
    expect(await seqsOf(room, { limit: 3 })).toEqual([1, 2, 3, 4]);
    expect(await seqsOf(room, { before: 4, limit: 2 })).toEqual([3, 2, 1]);
  });

  test("[API-32] sends signals to members, removes them and erases the room", async () => {
    const name = freshRoom();
    const room = roomOf(name);
    const ada = await join(name, "?name=Ada");
    const { member } = ada.welcome;
    expect(await room.members()).toEqual({ members: [{ member, name: "Ada", state: null }], count: 1 });
    await room.signal({ text: "hi" }, { to: [member] });
    expect((await ada.frame("signals")).signals).toEqual([{ from: "server", data: { text: "hi" } }]);
    await room.ban(member, 60);
    expect((await ada.frame("bye")).code).toBe("kicked");
    await room.unban(member);
    await room.kick(member);
    const { epoch } = await room.publish({ text: "gone" });
    await room.erase();
    const info = await room.info();
    expect([info.seq, info.epoch === epoch]).toEqual([0, false]);
  });

  test("[API-32] fails with the same codes", async () => {
    const room = roomOf(freshRoom());
    const codes = async (calls: Promise<unknown>[]) =>
      (await Promise.allSettled(calls)).map((each) =>
        each.status === "rejected" ? each.reason.code : "fulfilled",
      );
    expect(
      await codes([
        room.publish(undefined as never),
        room.publish({ text: "x".repeat(300_000) }),
        room.publish({ text: "" }, { id: "x".repeat(65) }),
        room.publishMany([
          { data: { text: "" }, id: "a" },
          { data: { text: "" }, id: "a" },
        ]),
        room.history({ before: 1, after: 1 }),
        room.history({ limit: 5000 }),
        room.ban("ada", -1),
      ]),
    ).toEqual([
      "invalid_event",
      "too_big",
      "invalid_event",
      "invalid_event",
      "invalid_query",
      "invalid_query",
      "invalid_query",
    ] satisfies ErrorCode[]);
  });
});
