import { describe, expect, test } from "vitest";
import { type AppEvent, RoomError } from "../../src/client/index.ts";
import { HookSession } from "../../src/room/hooks/hook-session.ts";
import { reject } from "../../src/server/index.ts";
import { problemOf } from "../http/call.ts";
import { waitFor } from "../support/wait-for.ts";
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
    await waitFor(() =>
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
    await waitFor(() =>
      expect(room.state).toMatchObject({
        status: "waiting",
        code: "rate_limited",
        reason: "Wait a moment.",
      }),
    );
    if (room.state.status !== "waiting") throw new Error("The room does not wait.");
    expect(room.state.until).toBeGreaterThanOrEqual(before + 1000);
    await waitFor(() => expect(room.state.status).toBe("live"));
    expect(attempts).toBe(2);
  });
});

describe("the client of a room whose onPublish refuses for a while", () => {
  test("[RES-10] sends what it has not sent yet after the refused message", async () => {
    let refusals = 0;
    const { join } = hookedRoom({
      onPublish(draft) {
        if (draft.data === "slow" && refusals++ < 2) throw reject("rate_limited", "Not so fast.", 300);
        return draft;
      },
    });
    const room = join();
    const landed: unknown[] = [];
    room.on("message", ({ data }) => landed.push(data));
    await room.publish("one");
    const slow = room.publish("slow");
    await waitFor(() => expect(refusals).toBe(1));
    await Promise.all([slow, room.publish("two"), room.publish("three")]);
    expect([landed, refusals]).toEqual([["one", "slow", "two", "three"], 3]);
  });

  test("[RES-10] rejects a message that it always refuses, and goes on", async () => {
    const { join } = hookedRoom({
      onPublish(draft) {
        if (draft.data === "never") throw reject("rate_limited", "Never again.", 1);
        return draft;
      },
    });
    const room = join();
    await room.publish("one");
    const never = room.publish("never");
    const two = room.publish("two");
    await expect(never).rejects.toMatchObject({ code: "rate_limited", message: "Never again." });
    expect(await two).toMatchObject({ seq: 2 });
  });
});

describe("the client of a room whose hooks speak to a session", () => {
  test("[HOOK-22] emits an event of a type that it does not know", async () => {
    const { join } = hookedRoom({
      onConnect: (session) => session.send({ type: "app.balance", coins: 3 }),
    });
    const room = join();
    const events: AppEvent[] = [];
    room.on("event", (event) => events.push(event));
    await waitFor(() => expect(events).toEqual([{ type: "app.balance", coins: 3 }]));
    expect(room.state.status).toBe("live");
  });

  test.each([
    ["Your trial is over.", "Your trial is over."],
    [undefined, "policy"],
  ])("[HOOK-22] closes with the reason of session.close: %s", async (given, reason) => {
    const { join } = hookedRoom({
      onPublish(draft, author) {
        if (author instanceof HookSession) author.close(given);
        return draft;
      },
    });
    const room = join();
    const published = room.publish("bye");
    published.catch(() => {});
    await waitFor(() => expect(room.state).toEqual({ status: "closed", code: "policy", reason }));
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
