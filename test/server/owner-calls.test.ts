import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import { withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const publish = (id: string, data: unknown) => ({ type: "publish", id, data });

describe("Server code that publishes", () => {
  test("[LIM-44] is refused over 1,000 messages or 1 MiB in one call, and takes no other message down", async () => {
    await withHooks({}, async ({ join, core: { owner } }) => {
      const ada = await join("ada");
      const large = Array.from({ length: 5 }, () => ({ data: "x".repeat(250_000) }));
      const many = Array.from({ length: 1001 }, () => ({ data: 1 }));
      const outcomes = Promise.allSettled([owner.publishMany(large), owner.publishMany(many)]);
      ada.receive(publish("a", 1));
      expect(await ada.message()).toMatchObject({ id: "a", seq: 1 });
      expect(await outcomes).toMatchObject([
        { reason: { code: "too_big" } },
        { reason: { code: "too_big" } },
      ]);
      await owner.publishMany(large.slice(0, 4));
      await owner.publishMany(many.slice(0, 1000));
      expect(owner.info().seq).toBe(1005);
    });
  });

  test("[ONCE-11] learns that a client has used its id, and nothing is stored", async () => {
    await withHooks({}, async ({ join, core: { owner } }) => {
      const eve = await join("eve");
      eve.receive(publish("time-2", "fake noon"));
      await eve.message();
      const calls = [
        owner.publish("noon", { id: "time-2", from: "bot" }),
        owner.publishMany([
          { id: "time-3", data: 1 },
          { id: "time-2", data: 2 },
        ]),
      ];
      expect(await Promise.allSettled(calls)).toMatchObject(
        calls.map(() => ({ reason: { code: "invalid_event", message: expect.stringContaining("eve") } })),
      );
      expect(await owner.publish("noon", { id: "time-4", from: "bot" })).toMatchObject({
        seq: 2,
        dup: false,
      });
      expect(await owner.publish("noon", { id: "time-4", from: "bot" })).toMatchObject({ seq: 2, dup: true });
    });
  });

  test("[ONCE-11] stores all of a batch where a client's pending message of the same id is refused", async () => {
    const onPublish: RoomHooks["onPublish"] = () => {
      throw reject("forbidden", "No.");
    };
    await withHooks({ onPublish }, async ({ join, core: { owner } }) => {
      const ada = await join("ada");
      await owner.publish("keeps the window busy");
      ada.receive(publish("x", "client"));
      const receipts = await owner.publishMany([
        { id: "x", data: "server" },
        { id: "y", data: "server" },
      ]);
      expect(receipts).toMatchObject([
        { id: "x", seq: 2, dup: false },
        { id: "y", seq: 3, dup: false },
      ]);
    });
  });
});

describe("A room whose onStart failed", () => {
  test("[HOOK-21] is closed to upgrades, calls, custom requests and the frames of clients that slept", async () => {
    let isBroken = false;
    const hooks: RoomHooks = {
      onStart() {
        if (isBroken) throw new Error("no policy");
      },
      onRequest: () => new Response("reached"),
    };
    await withHooks(hooks, async (room) => {
      const ada = await room.join("ada");
      await room.core.owner.publish(1);
      await ada.message();
      isBroken = true;
      const { core } = room.restart();
      await core.start();
      const caller = { member: "bob", name: "Bob", rateKey: "bob", author: { can: ["publish" as const] } };
      const post = { ...caller, messages: [{ id: "a", json: "1" }] };
      expect(await core.calls.publish(post)).toMatchObject({ refusal: { code: "hook_failed" } });
      expect(core.calls.members(caller)).toMatchObject({ refusal: { code: "hook_failed" } });
      expect(core.calls.signal({ ...caller, json: "1" })).toMatchObject({ refusal: { code: "hook_failed" } });
      const [socket] = room.state.getWebSockets();
      if (socket === undefined) throw new Error("The room has no socket.");
      core.webSocketMessage(socket, JSON.stringify(publish("b", 1)));
      expect(await ada.frame("bye")).toMatchObject({ code: "server_error" });
      expect(core.owner.info().seq).toBe(1);
    });
  });
});
