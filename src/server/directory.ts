import { listRooms } from "../directory/list-rooms.ts";
import { SHARDS, shardName, shardOf } from "../directory/shards.ts";
import type { Service } from "../http/service.ts";
import { DormouseError } from "../protocol/codes.ts";
import { ROOM_BYTES, ROOMS_LIMIT } from "../protocol/limits.ts";
import type { RoomsPage } from "../protocol/room-list.ts";
import type { DirectoryPort, DirectoryStub, RoomsQuery, ShardRoom } from "../rpc/directory.ts";
import { marked } from "../rpc/worker-mark.ts";
import { settingsOf } from "../settings/settings.ts";
import type { RoomNamespace } from "./registry.ts";

function directoryOf(env: object): RoomNamespace | undefined {
  const namespace = (env as { DIRECTORY?: Partial<RoomNamespace> }).DIRECTORY;
  return typeof namespace?.getByName === "function" ? (namespace as RoomNamespace) : undefined;
}

/** @internal Whether the Worker has a directory. */
export function hasDirectory(env: object): boolean {
  return directoryOf(env) !== undefined;
}

/** Where the rooms of a Worker report to: the binding `DIRECTORY`, in the jurisdiction of the environment. Undefined without it. */
function shardsOf(env: object): ((name: string) => DirectoryStub) | undefined {
  const namespace = directoryOf(env);
  if (namespace === undefined) return undefined;
  const { jurisdiction } = settingsOf(env);
  const placed =
    jurisdiction === undefined ? namespace : (namespace.jurisdiction?.(jurisdiction) ?? namespace);
  return (name) => placed.getByName(name) as DirectoryStub;
}

/**
 * @internal
 * Where a room reports to. A room of another jurisdiction than the environment's does not report, because its name would leave it.
 */
export function directoryPortOf(env: object, jurisdiction: string | undefined): DirectoryPort | undefined {
  const stubOf = shardsOf(env);
  if (stubOf === undefined || settingsOf(env).jurisdiction !== jurisdiction) return undefined;
  return {
    async send(report, signal) {
      const request = new Request("https://directory/", {
        method: "POST",
        body: JSON.stringify(report),
        signal,
      });
      const { ok, status } = await stubOf(shardOf(report.room)).fetch(marked(request));
      if (!ok) throw new Error(`The directory answered ${status}.`);
    },
  };
}

/** @internal Reads the list of rooms; undefined without a directory. */
export function roomListOf(
  env: object,
  isOwn: ((room: ShardRoom) => boolean) | undefined,
): ((query: RoomsQuery) => Promise<RoomsPage>) | undefined {
  const stubOf = shardsOf(env);
  if (stubOf === undefined) return undefined;
  return (query) => {
    const shards = Array.from({ length: SHARDS }, (_, i) => stubOf(shardName(i)));
    return listRooms(shards, query, isOwn);
  };
}

/** `prefix`: only rooms whose names begin with it. `after`: the last room of the page before. `limit`: 1 to 1,000; 100 if absent. */
export type ListRoomsQuery = { prefix?: string; after?: string; limit?: number };

/** @internal @throws DormouseError `no_directory`, `invalid_query`, `unavailable` */
export async function listRoomsOf(
  { listRooms: list }: Service,
  { prefix = "", after = "", limit = ROOMS_LIMIT.default }: ListRoomsQuery,
): Promise<RoomsPage> {
  if (list === undefined) {
    const why = "There is no list of rooms. Add the Durable Object binding DIRECTORY.";
    throw new DormouseError("no_directory", why);
  }
  for (const text of [prefix, after])
    if (typeof text !== "string" || text.length > ROOM_BYTES)
      throw new DormouseError("invalid_query", `prefix and after have at most ${ROOM_BYTES} characters.`);
  if (!Number.isInteger(limit) || limit < 1 || limit > ROOMS_LIMIT.max)
    throw new DormouseError("invalid_query", `The limit is 1 to ${ROOMS_LIMIT.max}.`);
  return await list({ prefix: prefix.normalize("NFC"), after, limit });
}
