import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type Author, type Draft, Room } from "../../src/server/index.ts";
import { inside } from "../room/inside.ts";
import { freshRoom } from "../room/room-client.ts";

/** Runs a function with the `this.ctx` of a room class. */
async function withContext(use: (ctx: DurableObjectState) => unknown): Promise<unknown> {
  class Peeking extends Room<Env> {
    get context() {
      return this.ctx;
    }
  }
  return await inside(freshRoom(), ({ state }) => use(new Peeking(state, env).context));
}

describe("a Room class", () => {
  test.each([
    ["fetch", "onRequest"],
    ["alarm", "onSchedule"],
    ["webSocketMessage", "onPublish"],
    ["webSocketClose", "onClose"],
    ["webSocketError", "onClose"],
    ["dormouseCall", "something else"],
  ])(
    "[HOOK-33] is not made where it overrides %s, and its error says what to override",
    async (name, instead) => {
      class Wrong extends Room<Env> {}
      Object.defineProperty(Wrong.prototype, name, { value: () => {} });
      await inside(freshRoom(), ({ state }) => {
        expect(() => new Wrong(state, env)).toThrow(new RegExp(`^Wrong overrides ${name}, .*${instead}`));
      });
    },
  );

  test("[HOOK-33] is not made where a hook is a field, which would never be called", async () => {
    class Wrong extends Room<Env> {
      override onPublish = () => {};
    }
    await inside(freshRoom(), ({ state }) => {
      expect(() => new Wrong(state, env)).toThrow("onPublish");
    });
  });

  test("[HOOK-33] may override all hooks, and have methods of its own", async () => {
    class Own extends Room<Env, { text: string }> {
      override onPublish(_draft: Draft<{ text: string }>, _author: Author) {}
      count() {
        return this.info().seq;
      }
    }
    await inside(freshRoom(), ({ state }) => {
      expect(new Own(state, env).count()).toBe(0);
    });
  });
});

describe("this.ctx of a Room class", () => {
  test.each<[string, (ctx: DurableObjectState) => unknown]>([
    ["this.erase", (ctx) => ctx.storage.deleteAll()],
    ["this.schedule", (ctx) => ctx.storage.setAlarm(0)],
    ["this.cancelSchedule", (ctx) => ctx.storage.deleteAlarm()],
    ["onRequest", (ctx) => ctx.acceptWebSocket(new WebSocketPair()[0])],
    ["pings", (ctx) => ctx.setWebSocketAutoResponse()],
    ["sockets", (ctx) => ctx.setHibernatableWebSocketEventTimeout(1)],
  ])("[HOOK-33] refuses what would break the room, with advice: %s", async (advice, use) => {
    await withContext((ctx) => expect(() => use(ctx)).toThrow(new RegExp(`the room's own.*${advice}`)));
  });

  test("[HOOK-33] has all the rest", async () => {
    await withContext(async (ctx) => {
      expect(ctx.id.name).toBeDefined();
      await ctx.storage.put("mine", 7);
      expect(await ctx.storage.get("mine")).toBe(7);
      expect(ctx.storage.kv.get("mine")).toBe(7);
      expect(ctx.storage.sql.exec<{ n: number }>("SELECT 1 AS n").one()).toEqual({ n: 1 });
      expect(ctx.storage.transactionSync(() => 3)).toBe(3);
      expect(await ctx.blockConcurrencyWhile(async () => 4)).toBe(4);
      expect(ctx.getWebSockets()).toEqual([]);
      expect(await ctx.storage.getAlarm()).toBeNull();
      ctx.waitUntil(Promise.resolve());
    });
  });
});
