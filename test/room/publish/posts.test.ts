import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { Room } from "../../../src/room/room.ts";
import type { Post } from "../../../src/rpc/room-calls.ts";
import { sign } from "../../auth/tokens.ts";
import { callWith, posted } from "../../http/call.ts";
import { inside } from "../inside.ts";
import { freshRoom } from "../room-client.ts";

const NOW = 1_800_000_000_000;
const RATE = { PUBLISH_RATE: 10, PUBLISH_BURST: 5 };

const post = (rateKey: string | undefined, count = 1, json = "1"): Post => ({
  member: "ada",
  name: "Ada",
  ...(rateKey === undefined ? {} : { rateKey }),
  messages: Array.from({ length: count }, () => ({ id: crypto.randomUUID(), json })),
});

/** Posts to a room of this rate, in which the clock stands where it is set. */
function posts(
  callback: (scene: { send: (post: Post) => Promise<string>; at: (ms: number) => void }) => Promise<void>,
): Promise<void> {
  return inside(freshRoom(), async ({ state }) => {
    const room = new Room(state, { ...env, ...RATE });
    let now = NOW;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now);
    const send = async (sent: Post) => {
      // Each post has a flush window of its own, so that none waits for a timer.
      now += 3;
      const outcome = await room.publish(sent);
      if ("value" in outcome) return `${outcome.value.messages.length} stored`;
      return `${outcome.refusal.code} ${outcome.refusal.retryAfter}`;
    };
    const at = (ms: number) => {
      now = NOW + ms;
    };
    await callback({ send, at }).finally(() => clock.mockRestore());
  });
}

test("[LIM-9] posts of one rateKey share a bucket, and others have their own", async () => {
  await posts(async ({ send, at }) => {
    for (let i = 0; i < 5; i++) expect(await send(post("a"))).toBe("1 stored");
    expect(await send(post("a"))).toMatch(/^rate_limited \d+$/);
    expect(await send(post("b"))).toBe("1 stored");
    at(1000);
    expect(await send(post("a", 5))).toBe("5 stored");
    expect(await send(post("a"))).toMatch(/^rate_limited/);
  });
});

test("[LIM-9] each message of a batch counts, and each 16 KiB of one; a batch passes as a whole or not", async () => {
  await posts(async ({ send }) => {
    expect(await send(post("a", 4))).toBe("4 stored");
    expect(await send(post("a", 2))).toMatch(/^rate_limited/);
    expect(await send(post("a", 1))).toBe("1 stored");
    expect(await send(post("b", 1, `"${"x".repeat(3 * 16 * 1024)}"`))).toBe("1 stored");
    expect(await send(post("b", 2))).toMatch(/^rate_limited/);
    // A message that costs more than all there is, costs all.
    expect(await send(post("c", 1, `"${"x".repeat(9 * 16 * 1024)}"`))).toBe("1 stored");
    expect(await send(post("c", 1))).toMatch(/^rate_limited/);
  });
});

test("[LIM-9] a batch of more than the burst is refused for good, whatever the bucket holds", async () => {
  await posts(async ({ send }) => {
    expect(await send(post("a", 6))).toBe("too_big undefined");
    expect(await send(post("a", 5))).toBe("5 stored");
    expect(await send(post(undefined, 6))).toBe("6 stored");
  });
  const room = freshRoom();
  const refusal = await inside(room, async ({ state }) => {
    const outcome = await new Room(state, { ...env, ...RATE }).publish(post("a", 6));
    return "refusal" in outcome ? outcome.refusal.message : "";
  });
  expect(refusal).toBe("At most 5 messages at once, by PUBLISH_BURST; this post has 6.");
});

test("[LIM-9] there is no limit where no rateKey is named", async () => {
  await posts(async ({ send }) => {
    for (let i = 0; i < 20; i++) expect(await send(post(undefined, 10))).toBe("10 stored");
  });
});

test("[LIM-9] only a token with admin is nobody's rateKey", async () => {
  const seen: Post[] = [];
  const ROOMS = {
    getByName: () => ({
      publish: async (sent: Post) => {
        seen.push(sent);
        return { refusal: { code: "rate_limited", message: "Too fast.", retryAfter: 1500 } };
      },
    }),
  };
  for (const can of [["publish"], ["publish", "admin"]]) {
    const headers = { authorization: `Bearer ${await sign({ sub: "backend", can })}` };
    const response = await callWith({ ROOMS }, "/v1/rooms/a/messages", posted({ data: 1 }, "k", headers));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(await response.json()).toMatchObject({ code: "rate_limited", retryAfter: 1500 });
  }
  const guest = posted({ data: 1 }, "k", { "cf-connecting-ip": "192.0.2.1" });
  await callWith({ ROOMS }, "/v1/rooms/a/messages", guest);
  expect(seen.map(({ rateKey }) => rateKey)).toEqual(["member backend", undefined, "address 192.0.2.1"]);
});
