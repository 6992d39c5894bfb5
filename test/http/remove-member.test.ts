import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sign } from "../auth/tokens.ts";
import { report } from "../directory/shard.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { call, callWith, problemOf } from "./call.ts";
import { admin, exported, handleOf, operate, publish } from "./transfer/transfer.ts";
import { filled, UploadCaller } from "./uploads.ts";

type Answer = { rooms: Record<string, unknown>[]; more: boolean; cursor?: string };

async function remove(member: string, body?: object, query = ""): Promise<Answer> {
  const json =
    body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const path = `/v1/members/${encodeURIComponent(member)}${query}`;
  const answer = await call(path, await admin({ method: "DELETE", ...json }));
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

describe("DELETE /v1/members/{member}", () => {
  test("[API-52] removes messages, reactions, the ban and the sessions of a member", async () => {
    const room = freshRoom();
    await publish(room, "ada", "secret");
    await publish(room, "bob", "stays");
    await publish(room, "ada", "another secret");
    await operate("ada", `/v1/rooms/${room}/messages/2/reactions/+`, { method: "PUT" });
    await operate("bob", `/v1/rooms/${room}/messages/2/reactions/+`, { method: "PUT" });
    const ada = await join(room, "", await sign());
    const bob = await join(room, "", await sign({ sub: "bob" }));
    const untouched = freshRoom();
    expect(await remove("ada", { rooms: [room, untouched] })).toEqual({
      rooms: [
        { room, messages: 2, reactions: 1, sockets: 1, ban: false },
        { room: untouched, messages: 0, reactions: 0, sockets: 0, ban: false },
      ],
      more: false,
    });
    expect(await ada.frame("bye")).toMatchObject({ code: "kicked" });
    expect([(await bob.message()) as object]).toMatchObject([{ op: "delete", from: "server" }]);
    const lines = await exported(room);
    expect(JSON.stringify(lines)).not.toContain("secret");
    expect(lines.slice(1, 4)).toMatchObject([
      { seq: 1, deleted: true },
      { seq: 2, data: "stays", reactions: { "+": { count: 1, members: ["bob"] } } },
      { seq: 3, deleted: true },
    ]);
    const stored = { room, messages: 0, reactions: 0, sockets: 0, ban: false };
    expect(await remove("ada", { rooms: [room] })).toEqual({ rooms: [stored], more: false });
    await env.ROOMS.getByName(room).ban("ada", 60);
    expect(await remove("ada", { rooms: [room] })).toEqual({
      rooms: [{ ...stored, ban: true }],
      more: false,
    });
    expect((await join(room, "", await sign())).welcome.member).toBe("ada");
    expect(await exported(untouched)).toHaveLength(2);
  });

  test("[API-52] deletes the files of a member, and ends its uploads", async () => {
    const room = freshRoom();
    const ada = new UploadCaller(room, await sign());
    const bob = new UploadCaller(room, await sign({ sub: "bob" }));
    const open = await ada.begin(4);
    await ada.putAll(open, filled(4));
    const [published, other] = [await ada.upload(filled(5)), await bob.begin(4)];
    await remove("ada", { rooms: [room] });
    expect((await problemOf(await ada.complete(open))).code).toBe("not_found");
    expect((await problemOf(await bob.get(`/${published.file}`))).code).toBe("not_found");
    await bob.putAll(other, filled(4));
    expect((await bob.complete(other)).status).toBe(201);
  });

  test("[API-53] does a bounded part in a call, and goes on with its cursor", async () => {
    const room = freshRoom();
    for (const from of ["ada", "ada", "bob", "ada"])
      await handleOf(room).publishMany(
        Array.from({ length: 400 }, (_, i) => ({ data: `of ${from} ${i}` })),
        { from },
      );
    const second = freshRoom();
    await publish(second, "ada", "secret");
    let answer = await remove("ada", { rooms: [room, second] });
    const parts = [answer];
    while (answer.more) {
      answer = await remove(
        "ada",
        { rooms: [room, second] },
        `?cursor=${encodeURIComponent(answer.cursor ?? "")}`,
      );
      parts.push(answer);
    }
    const removed = parts.flatMap(({ rooms }) => rooms.map(({ messages }) => Number(messages)));
    expect(removed.reduce((sum, each) => sum + each, 0)).toBe(1201);
    expect(Math.max(...removed)).toBeLessThan(1201);
    expect(parts.length).toBeGreaterThan(1);
    expect(JSON.stringify(await exported(room))).not.toContain("of ada");
    expect(JSON.stringify(await exported(second))).not.toContain("secret");
  });

  test("[API-53] goes through the rooms of the list where none are named", async () => {
    const room = freshRoom();
    await publish(room, "ada-in-list", "secret");
    await report(room);
    const rooms: string[] = [];
    for (let query = "", more = true; more; ) {
      const answer = await remove("ada-in-list", undefined, query);
      rooms.push(...answer.rooms.filter(({ messages }) => messages === 1).map((each) => String(each.room)));
      more = answer.more;
      query = `?cursor=${encodeURIComponent(answer.cursor ?? "")}`;
    }
    expect(rooms).toEqual([room]);
  });

  test("[API-52] takes ids of any kind, and no others than the member's messages go", async () => {
    const room = freshRoom();
    const stub = env.ROOMS.getByName(room);
    const ids = ['a","from":"b', "%", "a\\", "\u{1F600}", "ada ", "' OR 1=1 --", "__proto__"];
    for (const from of [...ids, "ada"]) await stub.publish(from, { from });
    for (const id of ids)
      expect((await remove(id, { rooms: [room] })).rooms).toMatchObject([{ messages: 1 }]);
    expect((await exported(room)).filter(({ data }) => data !== undefined)).toMatchObject([{ from: "ada" }]);
  });

  test("[API-52] requires admin in all rooms, and refuses wrong bodies", async () => {
    const request = {
      method: "DELETE",
      headers: { authorization: `Bearer ${await sign({ rooms: ["a"], can: ["admin"] })}` },
    };
    expect(await problemOf(await call("/v1/members/ada", request))).toMatchObject({ code: "forbidden" });
    const headers = { "content-type": "application/json" };
    const bad = async (body: string) =>
      (await problemOf(await call("/v1/members/ada", await admin({ method: "DELETE", headers, body })))).code;
    expect(await bad("{")).toBe("bad_json");
    expect(await bad('{"rooms":[]}')).toBe("invalid_event");
    expect(await bad('{"rooms":["a/b"]}')).toBe("invalid_room");
    expect(await bad('{"rooms":["a"],"x":1}')).toBe("invalid_event");
    const long = await call(`/v1/members/${"x".repeat(129)}`, await admin({ method: "DELETE" }));
    expect((await problemOf(long)).code).toBe("invalid_query");
    for (const cursor of ["x", "1", "-1.a", "1."])
      expect(
        (await problemOf(await call(`/v1/members/a?cursor=${cursor}`, await admin({ method: "DELETE" }))))
          .code,
      ).toBe("invalid_query");
    const without = await callWith(
      { DIRECTORY: undefined },
      "/v1/members/ada",
      await admin({ method: "DELETE" }),
    );
    expect(await problemOf(without)).toMatchObject({ status: 501, code: "no_directory" });
  });
});
