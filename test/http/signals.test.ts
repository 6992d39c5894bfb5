import { describe, expect, test } from "vitest";
import { SIGNAL_BYTES } from "../../src/protocol/limits.ts";
import { sign } from "../auth/tokens.ts";
import { infoOf } from "../room/inside.ts";
import { freshRoom, join, RoomClient } from "../room/room-client.ts";
import { call, posted, problemOf } from "./call.ts";

const signalsOf = (room: string) => `/v1/rooms/${room}/signals`;
const bearer = async (claims: Record<string, unknown>) => ({ authorization: `Bearer ${await sign(claims)}` });

describe("POST /v1/rooms/{room}/signals", () => {
  test("[SIG-1] [API-2] sends the signal to every connected member, and does not store it", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    const headers = await bearer({ sub: "backend", can: ["signal"] });
    const data = { __proto__: null, "deploying 大": [1e21, null] };
    const response = await call(signalsOf(room), posted({ data }, undefined, headers));
    expect([response.status, await response.json()]).toEqual([202, { sent: true }]);
    for (const client of [ada, bob]) {
      expect((await client.frame("signals")).signals).toEqual([{ from: "backend", data: { ...data } }]);
    }
    await call(signalsOf(room), posted({ data: 1, to: [bob.welcome.member] }, undefined, headers));
    expect((await bob.frame("signals")).signals).toEqual([{ from: "backend", data: 1 }]);
    await ada.expectQuiet();
    expect((await infoOf(room)).seq).toBe(0);
  });

  test("[SIG-3] [API-1] refuses a signal that is invalid or too big, or without the capability", async () => {
    const room = freshRoom();
    for (const [body, code] of [
      [{}, "invalid_event"],
      [{ data: 1, id: "x" }, "invalid_event"],
      [{ data: 1, to: [] }, "invalid_event"],
      [{ data: 1, key: "" }, "invalid_event"],
      [{ data: "x".repeat(SIGNAL_BYTES - 1) }, "too_big"],
    ] as const) {
      expect((await problemOf(await call(signalsOf(room), posted(body)))).code).toBe(code);
    }
    expect((await call(signalsOf(room), posted({ data: "x".repeat(SIGNAL_BYTES - 2) }))).status).toBe(202);
    const mute = await bearer({ sub: "mute", can: ["publish"] });
    expect((await problemOf(await call(signalsOf(room), posted({ data: 1 }, undefined, mute)))).code).toBe(
      "forbidden",
    );
    const wrong = await call(signalsOf(room), { method: "PUT" });
    expect([(await problemOf(wrong)).code, wrong.headers.get("allow")]).toEqual([
      "method_not_allowed",
      "POST",
    ]);
  });

  test("[SIG-3] limits the rate of a member, but not of a token with admin", async () => {
    const room = freshRoom();
    const many = async (claims: Record<string, unknown>) => {
      const headers = await bearer(claims);
      const answers = Array.from({ length: 130 }, () =>
        call(signalsOf(room), posted({ data: 1 }, undefined, headers)),
      );
      return (await Promise.all(answers)).filter(({ status }) => status === 429);
    };
    const [refused] = await many({ sub: "ada", can: ["signal"] });
    if (refused === undefined) throw new Error("No signal was refused.");
    expect((await problemOf(refused)).code).toBe("rate_limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await many({ sub: "backend", can: ["signal", "admin"] })).toEqual([]);
  });
});

describe("GET /v1/rooms/{room}/members", () => {
  test("[PRES-1] lists the members that a socket is told of", async () => {
    const room = freshRoom();
    const path = `/v1/rooms/${room}/members`;
    expect(await (await call(path)).json()).toEqual({ members: [], count: 0 });
    const ada = await join(room, "?name=Ada");
    const plain = await RoomClient.plain(room, "?name=Plain");
    ada.send({ type: "presence", state: { mood: "fine" } });
    await ada.expectQuiet();
    const { members, count }: { members: { name: string; state: unknown }[]; count: number } = await (
      await call(path)
    ).json();
    expect(count).toBe(2);
    expect(members.map(({ name, state }) => [name, state]).toSorted()).toEqual([
      ["Ada", { mood: "fine" }],
      ["Plain", null],
    ]);
    const blind = await bearer({ sub: "blind", can: ["read"] });
    expect((await problemOf(await call(path, { headers: blind }))).code).toBe("forbidden");
    plain.socket.close(1000);
  });
});
