import { describe, expect, test, vi } from "vitest";
import { RoomError } from "../../src/client/index.ts";
import { reject } from "../../src/server/index.ts";
import { problemOf } from "../http/call.ts";
import { hookedRoom } from "./client-of-hooked-room.ts";

const UPGRADE = {
  upgrade: "websocket",
  "sec-websocket-protocol": "dormouse.v1, bearer.a-guest-key-of-some-length",
};

describe("the client of a room whose onConnect refuses", () => {
  test("[ACC-30] [HOOK-22] closes with the code and the sentence", async () => {
    let attempts = 0;
    const { join } = hookedRoom({
      onConnect() {
        attempts++;
        throw reject("forbidden", "Staff only.");
      },
    });
    const room = join();
    await vi.waitFor(() =>
      expect(room.state).toEqual({ status: "closed", code: "forbidden", reason: "Staff only." }),
    );
    expect(attempts).toBe(1);
    await expect(room.publish("hello")).rejects.toBeInstanceOf(RoomError);
  });

  test("[ACC-30] waits as long as the hook says, and joins then", async () => {
    let attempts = 0;
    const { join } = hookedRoom({
      onConnect() {
        if (++attempts === 1) throw reject("rate_limited", "Wait a moment.", 1000);
      },
    });
    const room = join();
    const before = Date.now();
    await vi.waitFor(() =>
      expect(room.state).toMatchObject({
        status: "waiting",
        code: "rate_limited",
        reason: "Wait a moment.",
      }),
    );
    if (room.state.status !== "waiting") throw new Error("The room does not wait.");
    expect(room.state.until).toBeGreaterThanOrEqual(before + 1000);
    await vi.waitFor(() => expect(room.state.status).toBe("live"), 5000);
    expect(attempts).toBe(2);
  });
});

describe("the state of a room that refused an upgrade", () => {
  test("[ACC-30] is the refusal for the member and the attempt that it refused, and for no other", async () => {
    const { name, call } = hookedRoom({
      onConnect() {
        throw reject("forbidden", "Staff only.");
      },
    });
    const path = `/v1/rooms/${name}`;
    const upgrade = await call(`${path}?attempt=a1`, { headers: UPGRADE });
    expect(upgrade.status).toBe(403);
    const refusal = await problemOf(upgrade);
    const get = (query: string, key = "a-guest-key-of-some-length") =>
      call(path + query, { headers: { authorization: `Bearer ${key}` } });
    const answer = await get("?attempt=a1");
    expect([answer.status, await problemOf(answer)]).toEqual([403, refusal]);
    for (const other of [await get("?attempt=a2"), await get(""), await get("?attempt=a1", "b".repeat(20))])
      expect([other.status, await other.json()]).toMatchObject([200, { seq: 0 }]);
    const long = await get(`?attempt=${"a".repeat(65)}`);
    expect([long.status, (await problemOf(long)).code]).toEqual([400, "invalid_query"]);
  });
});
