import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { listRooms } from "../../src/directory/list-rooms.ts";
import { compareNames, SHARDS, shardName, shardOf } from "../../src/directory/shards.ts";
import type { DirectoryStub, RoomsQuery, ShardRoom } from "../../src/rpc/directory.ts";
import { activityOf, report } from "./shard.ts";

const shards = () =>
  Array.from({ length: SHARDS }, (_, i) => env.DIRECTORY.getByName(shardName(i)) as unknown as DirectoryStub);

const stubWith = (list: DirectoryStub["listRooms"]): DirectoryStub => ({
  fetch: () => Promise.reject(new Error("lost")),
  listRooms: list,
});

async function namesOf(query: Partial<RoomsQuery>, isOwn?: (room: ShardRoom) => boolean) {
  const page = await listRooms(shards(), { prefix: "", after: "", limit: 100, ...query }, isOwn);
  return { names: page.rooms.map(({ room }) => room), more: page.more };
}

const CODES = ["a", "Z", "é", "\uFFFD", "\u{1F600}", "\u{10FFFF}", " "];

describe("the list of all shards", () => {
  test("[DIR-4] has each room once, in order, whatever the size of a page", async () => {
    const prefix = crypto.randomUUID();
    const names = Array.from({ length: 150 }, (_, i) => `${prefix}${CODES[i % CODES.length]}${i}`);
    await Promise.all(names.map((name) => report(name)));
    expect(new Set(names.map(shardOf)).size).toBe(SHARDS);
    const sorted = names.toSorted(compareNames);
    for (const limit of [1, 7, 149, 150, 1000]) {
      const found: string[] = [];
      for (let after = "", more = true; more; after = found.at(-1) ?? "") {
        const page = await namesOf({ prefix, after, limit });
        expect(page.names.length).toBeLessThanOrEqual(limit);
        found.push(...page.names);
        more = page.more;
        if (limit === 1 && found.length === 20) break;
      }
      expect(found).toEqual(limit === 1 ? sorted.slice(0, 20) : sorted);
    }
  });

  test("[API-54] leaves out rooms of other deployments, and fills the page nevertheless", async () => {
    const prefix = crypto.randomUUID();
    const names = Array.from({ length: 60 }, (_, i) => `${prefix}${i + 10}`);
    await Promise.all(names.map((name) => report(name)));
    const own = names.filter((_, i) => i % 10 === 0);
    const isOwn = ({ room }: ShardRoom) => own.includes(room);
    expect(await namesOf({ prefix, limit: 6 }, isOwn)).toEqual({ names: own, more: false });
    expect(await namesOf({ prefix, limit: 5 }, isOwn)).toEqual({ names: own.slice(0, 5), more: true });
  });

  test("[DIR-5] is refused where a shard is lost, because a part of it would look like the whole", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const all = [...shards().slice(1), stubWith(() => Promise.reject(new Error("lost")))];
    await expect(listRooms(all, { prefix: "", after: "", limit: 10 })).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(errors).toHaveBeenCalledOnce();
    errors.mockRestore();
  });
});

describe("the list of a slow directory", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  const answerAfter = (ms: number, rooms: ShardRoom[]) =>
    stubWith(async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { value: { rooms, more: false } };
    });
  const roomNamed = (room: string): ShardRoom => ({ ...activityOf(), room, object: room });

  test("[DIR-5] is refused where a shard does not answer in time", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const all = [answerAfter(0, [roomNamed("a")]), stubWith(() => new Promise(() => {}))];
    const refused = expect(listRooms(all, { prefix: "", after: "", limit: 10 })).rejects.toMatchObject({
      code: "unavailable",
      retryAfter: expect.any(Number),
    });
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
    errors.mockRestore();
  });

  test("[DIR-7] takes as long as its slowest shard, because all are asked at once", async () => {
    const all = Array.from({ length: SHARDS }, (_, i) => answerAfter(4000, [roomNamed(`${i}`)]));
    const page = listRooms(all, { prefix: "", after: "", limit: 10 });
    await vi.advanceTimersByTimeAsync(4000);
    expect((await page).rooms).toHaveLength(SHARDS);
  });
});

describe("the order of names", () => {
  test("[DIR-4] is that of the bytes of their UTF-8", () => {
    const names = CODES.flatMap((a) => CODES.map((b) => a + b));
    const bytes = (text: string) =>
      [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join("");
    const byBytes = names.toSorted((a, b) => (bytes(a) < bytes(b) ? -1 : bytes(a) > bytes(b) ? 1 : 0));
    expect(names.toSorted(compareNames)).toEqual(byBytes);
  });
});
