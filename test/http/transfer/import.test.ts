import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { RoomCore } from "../../../src/room/room-core.ts";
import { settingsOf } from "../../../src/settings/settings.ts";
import { sign } from "../../auth/tokens.ts";
import { infoOf, inside } from "../../room/inside.ts";
import { freshRoom, join } from "../../room/room-client.ts";
import { waitFor } from "../../support/wait-for.ts";
import { call, callWith, posted, problemOf } from "../call.ts";
import { exported, handleOf, importInto, operate, publish } from "./transfer.ts";

const AT = 1_700_000_000_000;
const header = (of: object = {}) => ({ room: "r", epoch: "e", seq: 3, floor: 0, ...of });
const message = (seq: number, of: object = {}) => ({
  seq,
  at: AT,
  id: `id-${seq}`,
  from: "ada",
  name: "Ada",
  data: seq,
  ...of,
});
const end = (seq: number) => ({ end: true, seq });
const one = (of: object) => [header(), message(1, of), end(2)];

/** A room with all that an export can hold. */
async function fullRoom(key = "__proto__"): Promise<string> {
  const room = freshRoom();
  const stub = env.ROOMS.getByName(room);
  for (const text of ["one", "two", "three", "four"]) await publish(room, "ada", text, text);
  await operate("ada", `/v1/rooms/${room}/messages/1`, {
    ...posted({ data: { text: "1" } }),
    method: "PATCH",
  });
  await operate("ada", `/v1/rooms/${room}/messages/2`, { method: "DELETE" });
  for (let i = 0; i < 25; i++) await stub.react(3, i % 2 === 0 ? "+" : key, { from: `member-${i}` });
  await stub.publish(new Uint8Array([0, 255, 10]), { from: "bob", name: "Bob ✓" });
  const { seq } = await stub.publish("", { stream: true, id: "stream" });
  for (const word of ["to", "kens"]) await stub.append(seq, word);
  await handleOf(room).publishMany(Array.from({ length: 3 }, (_, i) => ({ data: { constructor: i } })));
  await stub.edit(4, { late: true });
  return room;
}

const withoutEpoch = (lines: Record<string, unknown>[]) =>
  lines.map(({ epoch: _, room: __, ...line }) => line);
const tablesOf = (room: string) =>
  inside(room, ({ sql }) =>
    sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'dormouse_import%'").toArray(),
  );

describe("POST /v1/rooms/{room}/import", () => {
  test("[API-49] makes a room that exports the same, under a new epoch", async () => {
    const lines = await exported(await fullRoom());
    const room = freshRoom();
    const answer = await importInto(room, lines);
    const { epoch } = await infoOf(room);
    expect([answer.status, await answer.json()]).toEqual([201, { epoch, messages: 9, seq: lines[0]?.seq }]);
    expect(epoch).not.toBe(lines[0]?.epoch);
    expect(withoutEpoch(await exported(room))).toEqual(withoutEpoch(lines));
    await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "hibernate" });
    expect(withoutEpoch(await exported(room))).toEqual(withoutEpoch(lines));
    expect(await tablesOf(room)).toEqual([]);
  });

  test("[API-49] makes a room that goes on like any other", async () => {
    const lines = await exported(await fullRoom("-"));
    const tail = Number(lines[0]?.seq);
    const room = freshRoom();
    const waiting = await join(room);
    await importInto(room, lines);
    expect(await waiting.frame("bye")).toMatchObject({ code: "erased", retry: "now" });
    const ada = await join(room, "?history=100", await sign());
    expect(ada.welcome).toMatchObject({ seq: tail });
    const history = await (await call(`/v1/rooms/${room}/messages?limit=100`)).json();
    expect((history as { messages: object[] }).messages).toHaveLength(9);
    for (let i = 0; i < 9; i++) await ada.message();
    expect(await publish(room, "ada", "new", "new")).toBe(tail + 1);
    expect(await ada.message()).toMatchObject({ seq: tail + 1, data: "new" });
    // A known id, an edit of an imported message, and a reaction that is there already.
    expect(await publish(room, "ada", "again", "three")).toBe(3);
    const edit = await operate("ada", `/v1/rooms/${room}/messages/3`, {
      ...posted({ data: "3" }),
      method: "PATCH",
    });
    expect(edit.status).toBe(200);
    const react = await operate("member-0", `/v1/rooms/${room}/messages/3/reactions/+`, { method: "PUT" });
    expect(await react.json()).toMatchObject({ messages: [{ dup: true }] });
    const stub = env.ROOMS.getByName(room);
    await stub.delete(1);
    expect(await stub.message(1)).toMatchObject({ deleted: true });
    // A resume from before the seqs of operations, which hold no messages here.
    const { epoch } = await infoOf(room);
    for (let seq = 0; seq <= tail; seq += 7)
      expect((await join(room, `?cursor=${epoch}.${seq}`)).welcome).toMatchObject({ resumed: true });
  });

  test("[API-49] takes parts of an export that were put together, and keeps what was trimmed away", async () => {
    const room = freshRoom();
    const first = [header({ seq: 9, floor: 4 }), message(6), message(7)];
    const second = [header({ seq: 9, floor: 4, after: 6 }), message(8, { version: 11, edited: AT }), end(9)];
    // The client lost line 7 of the first part, or has it twice: it begins after what it has.
    expect((await importInto(room, [...first.slice(0, 2), ...second])).status).toBe(201);
    expect(await infoOf(room)).toMatchObject({ floor: 4, seq: 11 });
    expect(withoutEpoch(await exported(room))).toEqual([
      { seq: 11, floor: 4 },
      message(6),
      message(8, { version: 11, edited: AT }),
      end(11),
    ]);
    expect(await publish(room, "ada", "next")).toBe(12);
  });

  test("[API-49] takes an empty export", async () => {
    const room = freshRoom();
    expect((await importInto(room, [header({ seq: 5, floor: 5 }), end(5)])).status).toBe(201);
    expect(await publish(room, "ada", "next")).toBe(6);
  });

  const WRONG: [string, number, string, unknown[] | string][] = [
    ["no header", 1, "invalid_event", [message(1), end(1)]],
    ["no JSON", 2, "bad_json", `${JSON.stringify(header())}\n{"seq":1,\n`],
    ["an array", 2, "bad_json", [header(), [1]]],
    ["a seq twice", 3, "invalid_event", [header(), message(1), message(1), end(1)]],
    ["a seq that falls", 3, "invalid_event", [header(), message(2), message(1), end(2)]],
    ["a seq under the floor", 2, "invalid_event", [header({ floor: 1 }), message(1), end(1)]],
    ["a time that falls", 3, "invalid_event", [header(), message(1), message(2, { at: AT - 1 }), end(2)]],
    [
      "a time in the future",
      2,
      "invalid_event",
      [header(), message(1, { at: Date.now() + 3_600_000 }), end(1)],
    ],
    ["a seq without room for more", 1, "invalid_event", [header({ seq: 9e15 }), end(9e15)]],
    ["a last seq without room for more", 3, "invalid_event", [header(), message(1), end(9e15)]],
    ["a version without room for more", 2, "invalid_event", one({ version: 9e15 })],
    ["an author with a control character", 2, "invalid_event", one({ from: "a\0" })],
    ["an author whom no address can name", 2, "invalid_event", one({ from: ".." })],
    ["an author who is not Unicode", 2, "invalid_event", one({ from: "\ud800" })],
    ["a name with a control character", 2, "invalid_event", one({ name: "\u0007" })],
    ["an edit in the future", 2, "invalid_event", one({ version: 2, edited: Date.now() + 3_600_000 })],
    ["an unknown field", 2, "invalid_event", [header(), message(1, { extra: 1 }), end(1)]],
    ["a missing author", 2, "invalid_event", [header(), message(1, { from: "" }), end(1)]],
    ["neither data nor binary", 2, "invalid_event", [header(), message(1, { data: undefined }), end(1)]],
    ["data and binary", 2, "invalid_event", [header(), message(1, { binary: "aGk=" }), end(1)]],
    ["no base64", 2, "invalid_event", [header(), message(1, { data: undefined, binary: "%" }), end(1)]],
    ["an edit without a version", 2, "invalid_event", [header(), message(1, { edited: AT }), end(1)]],
    [
      "a deleted message with data",
      2,
      "invalid_event",
      [header(), message(1, { deleted: true, version: 2 }), end(2)],
    ],
    [
      "a reaction that lists fewer than it counts",
      2,
      "invalid_event",
      [header(), message(1, { version: 2, reactions: { a: { count: 2, members: ["x"] } } }), end(2)],
    ],
    [
      "a message that is too big",
      2,
      "too_big",
      [header(), message(1, { data: "x".repeat(300_000) }), end(1)],
    ],
    [
      "an export that failed",
      3,
      "invalid_event",
      [header(), message(1), { error: "epoch_changed", detail: "" }],
    ],
    ["a line after the end", 3, "invalid_event", [header(), end(0), message(1)]],
    ["a gap between two parts", 2, "invalid_event", [header(), header({ after: 1 }), end(1)]],
    ["two rooms", 2, "invalid_event", [header(), header({ epoch: "f" }), end(1)]],
  ];
  test.each(WRONG)(
    "[API-50] refuses %s with its line, and nothing stays",
    async (_what, line, code, lines) => {
      const room = freshRoom();
      const problem = await problemOf(await importInto(room, lines));
      expect(problem.code).toBe(code);
      expect(problem.detail).toMatch(new RegExp(`^Line ${line}: `));
      expect(await infoOf(room)).toMatchObject({ seq: 0, floor: 0 });
      expect(await tablesOf(room)).toEqual([]);
      expect(await publish(room, "ada", "first")).toBe(1);
    },
  );

  test("[API-50] refuses an export without its end, also after many parts", async () => {
    const room = freshRoom();
    const lines = [header(), ...Array.from({ length: 2500 }, (_, i) => message(i + 1))];
    const problem = await problemOf(await importInto(room, lines));
    expect(problem).toMatchObject({ code: "invalid_event", detail: expect.stringContaining("after 2500") });
    expect(await tablesOf(room)).toEqual([]);
    expect(await infoOf(room)).toMatchObject({ seq: 0 });
    expect(await problemOf(await importInto(room, ""))).toMatchObject({ code: "invalid_event" });
  });

  test("[API-50] is for a room without messages, and for one import at a time", async () => {
    const room = freshRoom();
    await publish(room, "ada", "here");
    expect(await problemOf(await importInto(room, [header(), end(3)]))).toMatchObject({
      status: 409,
      code: "not_empty",
    });
    const other = freshRoom();
    const key = await inside(other, async ({ room: instance }) =>
      instance.dormouseCall("beginImport", [{ floor: 0 }]),
    );
    expect(await problemOf(await importInto(other, [header(), end(3)]))).toMatchObject({ code: "not_empty" });
    // One whose client is gone ends by itself, and so it does where the room is erased.
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    await runDurableObjectAlarm(env.ROOMS.getByName(other));
    clock.mockRestore();
    expect(await tablesOf(other)).toEqual([]);
    expect(key).toMatchObject({ value: expect.any(String) });
    expect((await importInto(other, [header(), message(1), end(3)])).status).toBe(201);
  });

  test("[API-50] ends where the room is erased or written meanwhile", async () => {
    for (const meanwhile of ["erase", "publish"] as const) {
      const room = freshRoom();
      const stub = env.ROOMS.getByName(room);
      const { value: key } = (await stub.dormouseCall("beginImport", [{ floor: 0 }])) as { value: string };
      await stub.dormouseCall("addToImport", [key, JSON.stringify([message(1)])]);
      if (meanwhile === "erase") await stub.erase();
      else await stub.publish("new");
      const code = meanwhile === "erase" ? "epoch_changed" : "not_empty";
      expect(await stub.dormouseCall("endImport", [key, 1])).toMatchObject({ refusal: { code } });
      expect(await tablesOf(room)).toEqual([]);
      expect(await infoOf(room)).toMatchObject({ seq: meanwhile === "erase" ? 0 : 1 });
    }
  });

  test("[API-50] requires admin and the media type of an export", async () => {
    const path = `/v1/rooms/${freshRoom()}/import`;
    const headers = { authorization: `Bearer ${await sign({ can: ["publish", "moderate"] })}` };
    expect(await problemOf(await call(path, { method: "POST", headers }))).toMatchObject({ needs: "admin" });
    const token = { authorization: `Bearer ${await sign({ can: ["admin"] })}` };
    const json = await callWith({}, path, posted({}, undefined, token));
    expect(await problemOf(json)).toMatchObject({ code: "unsupported_type" });
  });
});

describe("an import", () => {
  test("[API-49] is not delivered to the webhook", async () => {
    await inside(freshRoom(), async ({ state, sql }) => {
      const webhook = {
        WEBHOOK_URL: "https://receiver.test/",
        WEBHOOK_SECRET: "a secret of the receiver, long enough",
      };
      const room = new RoomCore(state, settingsOf({ ...env, ...webhook }));
      const { value: key } = (await room.call("beginImport", [{ floor: 0 }])) as { value: string };
      await room.call("addToImport", [key, JSON.stringify([message(1), message(2)])]);
      await room.call("endImport", [key, 4]);
      const { state: stored } = sql
        .exec<{ state: string }>("SELECT state FROM dormouse_outgoing_state")
        .one();
      expect(JSON.parse(stored)).toMatchObject({ seq: 4, epoch: room.owner.info().epoch, dropped: 0 });
    });
  });

  test("[API-49] runs no hook for its messages, and the hooks for the next ones", async () => {
    const seen: string[] = [];
    await inside(freshRoom(), async ({ state }) => {
      const room = new RoomCore(state, settingsOf(env), {
        onMessage: ({ id }) => void seen.push(id),
        onPublish: (draft) => void seen.push(`draft ${draft.id}`),
      });
      const { value: key } = (await room.call("beginImport", [{ floor: 0 }])) as { value: string };
      await room.call("addToImport", [key, JSON.stringify([message(1), message(2)])]);
      expect(await room.call("endImport", [key, 4])).toMatchObject({ value: { messages: 2, seq: 4 } });
      await room.owner.publish("new", { id: "new" });
      await waitFor(() => expect(seen).toEqual(["new"]));
    });
  });
});
