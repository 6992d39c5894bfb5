import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HookSession } from "../../src/room/hooks/hook-session.ts";
import type { RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import { problemOf } from "../http/call.ts";
import { withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe("onConnect", () => {
  test("[HOOK-22] refuses a client with its code, and no module hears of the session", async () => {
    const closed: string[] = [];
    const hooks: RoomHooks = {
      onConnect(session) {
        if (session.claims.staff !== true) throw reject("forbidden", "Staff only.");
      },
      onClose: (session) => void closed.push(session.member),
    };
    await withHooks(hooks, async (room) => {
      const refused = await room.upgrade("ada");
      expect([refused.status, await problemOf(refused)]).toEqual([
        403,
        expect.objectContaining({ code: "forbidden", detail: "Staff only." }),
      ]);
      expect([room.core.owner.info().count, room.core.owner.sessions(), closed]).toEqual([0, [], []]);
      const grant = {
        member: "bob",
        name: "Bob",
        can: ["read" as const],
        guest: false,
        claims: { staff: true },
      };
      expect((await room.upgrade("bob", { grant } as never)).status).toBe(101);
      expect(room.core.owner.sessions().map(({ member }) => member)).toEqual(["bob"]);
    });
  });

  test("[HOOK-21] refuses the client where it throws or returns a promise", async () => {
    for (const [onConnect, code] of [
      [
        () => {
          throw new Error("broken");
        },
        "hook_failed",
      ],
      [async () => {}, "hook_async"],
    ] as const) {
      await withHooks({ onConnect }, async (room) => {
        const refused = await room.upgrade("ada");
        expect([refused.status, (await problemOf(refused)).code]).toEqual([500, code]);
      });
    }
  });
});

describe("onClose", () => {
  test.each([
    [1000, "left"],
    [1001, "lost"],
    [1006, "lost"],
  ])("[HOOK-22] is called once after a close with %i: the session %s", async (code, reason) => {
    const closed: unknown[] = [];
    const onClose: RoomHooks["onClose"] = (session, event) =>
      void closed.push([session.member, event.reason]);
    await withHooks({ onClose }, async (room) => {
      await room.join("ada");
      const [socket] = room.state.getWebSockets();
      if (socket === undefined) throw new Error("There is no socket.");
      room.core.webSocketClose(socket, code, "");
      room.core.webSocketClose(socket, code, "");
      expect(closed).toEqual([["ada", reason]]);
    });
  });

  test("[HOOK-22] tells a member that was kicked from one that left, and may throw", async () => {
    const closed: unknown[] = [];
    const onClose: RoomHooks["onClose"] = (_, { reason }) => {
      closed.push(reason);
      throw new Error("broken");
    };
    await withHooks({ onClose }, async (room) => {
      const ada = await room.join("ada");
      room.core.owner.kick("ada");
      expect(await ada.frame("bye")).toMatchObject({ code: "kicked" });
      expect(closed).toEqual(["closed"]);
      expect(room.core.owner.info().count).toBe(0);
    });
  });
});

describe("a session", () => {
  test("[HOOK-22] keeps the owner's data over a restart, up to 4,096 bytes", async () => {
    const onConnect = (session: HookSession) => {
      session.data = { joined: session.member };
    };
    await withHooks({ onConnect }, async (room) => {
      await room.join("ada");
      const [session] = room.restart().core.owner.sessions();
      expect(session?.data).toEqual({ joined: "ada" });
      if (session === undefined) throw new Error("There is no session.");
      session.data = "x".repeat(4094);
      expect(() => {
        session.data = "x".repeat(4095);
      }).toThrow(RangeError);
      expect(() => {
        session.data = () => 1;
      }).toThrow(TypeError);
      expect(room.restart().core.owner.sessions()[0]?.data).toBe("x".repeat(4094));
      session.data = undefined;
      expect(room.restart().core.owner.sessions()[0]?.data).toBeUndefined();
    });
  });

  test("[HOOK-22] holds data, claims and state at their bounds, whatever their characters", async () => {
    const text = (bytes: number) => "中".padEnd(bytes - 4, "x");
    const claims = { numbers: Array.from({ length: 500 }, () => 0.5) };
    const grant = {
      member: "ä".repeat(128),
      name: "🐁".repeat(256),
      can: ["read" as const, "publish" as const, "presence" as const],
      guest: true,
      claims,
    };
    await withHooks(
      {},
      async (room) => {
        const ada = await room.join("ada", { grant });
        ada.receive({ type: "presence", state: text(4096) });
        const [session] = room.core.owner.sessions();
        if (session === undefined) throw new Error("There is no session.");
        session.data = text(4096);
        ada.receive({ type: "publish", id: "a", data: 1 });
        expect(await ada.message()).toMatchObject({ id: "a" });
        const [restored] = room.restart().core.owner.sessions();
        expect(restored).toMatchObject({ data: text(4096), state: text(4096), claims });
      },
      { STATE_BYTES: "4096" },
    );
  });

  test("[HOOK-22] is sent an event of its own, and closed with a reason of any length", async () => {
    await withHooks({}, async (room) => {
      const ada = await room.join("ada");
      await room.join("bob");
      const session = room.core.owner.sessions().find(({ member }) => member === "ada");
      expect([session?.can("read"), session?.can("admin"), session?.name]).toEqual([true, false, "ada"]);
      session?.send({ type: "app.balance", coins: 3 });
      expect(JSON.parse(await ada.text())).toEqual({ type: "app.balance", coins: 3 });
      session?.close("é".repeat(200));
      expect(await ada.frame("bye")).toMatchObject({ code: "policy", retry: "never" });
      expect(await ada.closed()).toEqual({ closed: 1008, reason: "é".repeat(61) });
      expect(() => session?.send({} as never)).toThrow(TypeError);
    });
  });
});

describe("onSignal", () => {
  test("[HOOK-22] changes signals and refuses them, over a socket and over HTTP", async () => {
    const onSignal: RoomHooks["onSignal"] = (signal, author) => {
      if (signal.data === "no") throw reject("forbidden", "Not that.");
      return { ...signal, data: { by: author.member, data: signal.data } };
    };
    await withHooks({ onSignal }, async (room) => {
      const ada = await room.join("ada");
      ada.receive({ type: "signal", data: "yes" });
      expect(await ada.frame("signals")).toMatchObject({
        signals: [{ from: "ada", data: { by: "ada", data: "yes" } }],
      });
      ada.receive({ type: "signal", data: "no" });
      expect(await ada.frame("error")).toMatchObject({ code: "forbidden" });
      const call = { member: "bob", name: "Bob", author: { can: [] } };
      expect(room.core.calls.signal({ ...call, json: '"no"' })).toMatchObject({
        refusal: { code: "forbidden" },
      });
      expect(room.core.calls.signal({ ...call, json: '"yes"' })).toEqual({ value: null });
      expect(await ada.frame("signals")).toMatchObject({ signals: [{ from: "bob", data: { by: "bob" } }] });
    });
  });
});
