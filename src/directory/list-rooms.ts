import { DormouseError, RETRY_LATER_MS } from "../protocol/codes.ts";
import type { ListedRoom, RoomsPage } from "../protocol/room-list.ts";
import type { DirectoryStub, RoomsQuery, ShardPage, ShardRoom } from "../rpc/directory.ts";
import { type Outcome, unwrap } from "../rpc/outcome.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { waitAtMost } from "../time/time-limit.ts";
import { compareNames, SHARDS } from "./shards.ts";

/** How long a shard may take to answer: milliseconds. */
const TIMEOUT_MS = 5000;

/** A shard, and how far it was read. */
type Reader = { shard: DirectoryStub; after: string; rooms: ShardRoom[]; more: boolean };

/**
 * A page of the rooms of all shards, in the order of their names.
 * @param isOwn whether a room belongs to the deployment that asks. Several deployments of a Worker share a directory
 * @throws DormouseError `unavailable` where a shard does not answer: a list with a part missing would look whole
 */
export async function listRooms(
  shards: readonly DirectoryStub[],
  { limit, after, ...query }: RoomsQuery,
  isOwn: (room: ShardRoom) => boolean = () => true,
): Promise<RoomsPage> {
  const readers = shards.map((shard): Reader => ({ shard, after, rooms: [], more: true }));
  const found: ShardRoom[] = [];
  while (found.length <= limit) {
    const part = shareOf(limit + 1 - found.length);
    const empty = readers.filter(({ more, rooms }) => more && rooms.length === 0);
    await Promise.all(empty.map((reader) => readMore(reader, { ...query, limit: part }, isOwn)));
    if (readers.some(({ more, rooms }) => more && rooms.length === 0)) continue;
    const taken = takeSorted(readers, limit + 1 - found.length);
    if (taken.length === 0) break;
    found.push(...taken);
  }
  return { rooms: found.slice(0, limit).map(withoutObject), more: found.length > limit };
}

/** The share of a shard, and six standard deviations more, so that one round of calls mostly suffices. */
function shareOf(limit: number): number {
  const share = limit / SHARDS;
  return Math.min(limit, Math.ceil(share + 6 * Math.sqrt(share)) + 4);
}

async function readMore(
  reader: Reader,
  query: Omit<RoomsQuery, "after">,
  isOwn: (room: ShardRoom) => boolean,
): Promise<void> {
  const page = await answerOf(reader.shard.listRooms({ ...query, after: reader.after }));
  reader.more = page.more;
  reader.after = page.rooms.at(-1)?.room ?? reader.after;
  reader.rooms = page.rooms.filter(isOwn);
}

/** The next rooms in order, up to the end of what is known of a shard that has more. */
function takeSorted(readers: readonly Reader[], limit: number): ShardRoom[] {
  const ends = readers.filter(({ more }) => more).map(({ after }) => after);
  const end = ends.sort(compareNames)[0];
  const isKnown = ({ room }: ShardRoom) => end === undefined || compareNames(room, end) <= 0;
  const known = readers.flatMap(({ rooms }) => rooms.filter(isKnown));
  const taken = known.sort((a, b) => compareNames(a.room, b.room)).slice(0, limit);
  const isTaken = new Set(taken);
  for (const reader of readers) reader.rooms = reader.rooms.filter((room) => !isTaken.has(room));
  return taken;
}

/** @throws DormouseError `unavailable`, `rate_limited` */
async function answerOf(call: Promise<Outcome<ShardPage>>): Promise<ShardPage> {
  try {
    const outcome = await waitAtMost(TIMEOUT_MS, call, () => {
      throw new Error("It did not answer in time.");
    });
    return unwrap(outcome);
  } catch (error) {
    if (error instanceof DormouseError) throw error;
    isolateTelemetry.fault("directory_failed", "Reading a part of the list of rooms", error);
    const why = "A part of the list of rooms could not be read. Try again later.";
    throw new DormouseError("unavailable", why, RETRY_LATER_MS);
  }
}

function withoutObject({ object: _, ...room }: ShardRoom): ListedRoom {
  return room;
}
