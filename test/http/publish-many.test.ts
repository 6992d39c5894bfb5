import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { publishedManySchema } from "../../src/protocol/api.ts";
import { sign } from "../auth/tokens.ts";
import { infoOf } from "../room/inside.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { call, callNoting, posted, problemOf } from "./call.ts";

const bearer = async (claims: object) => ({ authorization: `Bearer ${await sign({ ...claims })}` });

async function resultsOf(response: Response) {
  return v.parse(v.strictObject(publishedManySchema.entries), await response.json()).results;
}

describe("POST /v1/messages", () => {
  test("[API-5] publishes to every room, and answers with the seqs in the order of the rooms", async () => {
    const rooms = [freshRoom(), `大 %2F ${freshRoom()}`, freshRoom()];
    const [first = "", second = ""] = rooms;
    const ada = await join(second);
    await call(`/v1/rooms/${first}/messages`, posted({ data: "before" }));
    const sent = posted({ rooms, data: { n: 1 } }, "key", await bearer({ sub: "news", can: ["publish"] }));
    const response = await call("/v1/messages", sent);
    expect(response.status).toBe(201);
    const results = await resultsOf(response);
    expect(results).toEqual(
      rooms.map((room) => ({
        room,
        epoch: expect.any(String),
        messages: [{ id: "key", seq: room === first ? 2 : 1, dup: false }],
      })),
    );
    expect(await ada.message()).toMatchObject({ id: "key", from: "news", data: { n: 1 } });
    const again = await resultsOf(await call("/v1/messages", sent));
    for (const result of again) expect(result).toMatchObject({ messages: [{ dup: true }] });
  });

  test("[API-5] accepts 100 rooms", async () => {
    const rooms = Array.from({ length: 100 }, freshRoom);
    const response = await call("/v1/messages", posted({ rooms, data: 1 }, undefined, await bearer({})));
    expect(response.status).toBe(201);
    expect((await resultsOf(response)).map(({ room }) => room)).toEqual(rooms);
  });

  test("[API-5] returns the problem of a room that refuses, and publishes to the others", async () => {
    const rooms = [freshRoom(), freshRoom()];
    const member = "mallory";
    const admin = await bearer({ sub: "moderator", can: ["admin"] });
    await call(`/v1/rooms/${rooms[0]}/members/${member}?ban=60`, { method: "DELETE", headers: admin });
    const sent = posted({ rooms, data: 1 }, undefined, await bearer({ sub: member, can: ["publish"] }));
    const response = await call("/v1/messages", sent);
    expect(response.status).toBe(207);
    expect(await resultsOf(response)).toMatchObject([
      { room: rooms[0], problem: { status: 403, code: "banned", retryAfter: expect.any(Number) } },
      { room: rooms[1], messages: [{ seq: 1 }] },
    ]);
    expect(await infoOf(rooms[0] ?? "")).toMatchObject({ seq: 0 });
  });

  test("[LIM-29] accepts at most ten rooms from a guest", async () => {
    const rooms = Array.from({ length: 11 }, freshRoom);
    const refused = await call("/v1/messages", posted({ rooms, data: 1 }));
    expect([refused.status, (await problemOf(refused)).code]).toEqual([400, "invalid_event"]);
    expect((await call("/v1/messages", posted({ rooms: rooms.slice(1), data: 1 }))).status).toBe(201);
  });

  test("[API-5] refuses a request without access to one room, or invalid, before any room is contacted", async () => {
    const some = { rooms: ["team-1-a", "team-2-a"], data: 1 };
    const cases: [what: object, status: number, code: string, claims?: object][] = [
      [some, 403, "forbidden", { rooms: ["team-1-*"], can: ["publish"] }],
      [some, 403, "forbidden", { can: ["read"] }],
      [{ data: 1 }, 400, "invalid_event"],
      [{ rooms: [], data: 1 }, 400, "invalid_event"],
      [{ rooms: Array.from({ length: 101 }, (_, i) => `${i}`), data: 1 }, 400, "invalid_event"],
      [{ rooms: ["a", 7], data: 1 }, 400, "invalid_event"],
      [{ rooms: ["a"] }, 400, "invalid_event"],
      [{ rooms: ["a", "b/c"], data: 1 }, 400, "invalid_room"],
      [{ rooms: ["a", "\ud800"], data: 1 }, 400, "invalid_room"],
      [{ rooms: ["a", ".."], data: 1 }, 400, "invalid_room"],
      [{ rooms: ["caf\u00e9", "cafe\u0301"], data: 1 }, 400, "invalid_room"],
      [{ rooms: ["a"], messages: [{ data: 1 }] }, 400, "invalid_event"],
      [{ rooms: ["a"], data: "x".repeat(101) }, 413, "too_big"],
    ];
    for (const [what, status, code, claims] of cases) {
      const headers = claims === undefined ? {} : await bearer(claims);
      const request = posted(what, undefined, headers);
      const { response, contacted } = await callNoting("/v1/messages", request, { MESSAGE_BYTES: 100 });
      expect(contacted).toEqual([]);
      expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
    }
    const guest = await callNoting("/v1/messages", posted(some), { AUTH_MODE: "token" });
    expect(guest.contacted).toEqual([]);
    expect([guest.response.status, (await problemOf(guest.response)).code]).toEqual([401, "invalid_token"]);
  });
});
