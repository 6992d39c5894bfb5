import { DurableObject } from "cloudflare:workers";
import * as v from "valibot";
import { ReadLimiter } from "../room/limits/read-limiter.ts";
import type { RoomActivity, RoomsQuery, ShardPage, ShardRoom } from "../rpc/directory.ts";
import { type Outcome, refused } from "../rpc/outcome.ts";
import type { RoomStub } from "../rpc/room-calls.ts";
import { isMarked } from "../rpc/worker-mark.ts";
import { settingsOf } from "../settings/settings.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { waitAtMost } from "../time/time-limit.ts";
import { RoomTable } from "./room-table.ts";

/** A room whose report is old is asked how it is. Each page asks this many of a shard, since each of them may wake. */
const ASKED = 1;

/** A room that was asked is not asked again for this long, and it has the other time to answer: milliseconds. */
const ASK_AGAIN_MS = 300_000;
const ASK_TIMEOUT_MS = 2000;

/** The approximate size of one room in an answer: bytes. */
const ROOM_CHARS = 160;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const reportSchema = v.object({
  room: v.string(),
  object: v.string(),
  at: count,
  activity: v.nullable(
    v.object({
      members: count,
      sockets: count,
      seq: count,
      rate: count,
      activeAt: count,
      until: v.number(),
    }),
  ),
});

/** The part of a namespace that finds a room. */
type Namespace = {
  idFromName(name: string): DurableObjectId;
  getByName(name: string): unknown;
  jurisdiction?(name: string): Namespace;
};

/**
 * The Durable Object class of the list of rooms. Export it from your Worker and bind it as `DIRECTORY`. Each object holds a shard of the
 * rooms, by a hash of their names. Rooms report to it by alarm, at most once a minute.
 * @example
 * export { Directory } from "dormouse-rooms/server";
 */
export class Directory extends DurableObject<unknown> {
  readonly #rooms: RoomTable;
  readonly #asked = new Map<string, number>();
  #reads: ReadLimiter | undefined;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env);
    this.#rooms = new RoomTable(ctx.storage.sql);
  }

  /** @internal Takes the report of a room. */
  override async fetch(request: Request): Promise<Response> {
    if (!isMarked(request)) return new Response(null, { status: 403 });
    this.#rooms.put(v.parse(reportSchema, await request.json()), Date.now());
    return new Response(null, { status: 204 });
  }

  /** @internal */
  listRooms({ prefix, after, limit, caller }: RoomsQuery): Outcome<ShardPage> {
    const now = Date.now();
    const refusal = this.#limiter.take(caller, now);
    if (refusal !== undefined) return refused(refusal);
    const { rooms, more, stale } = this.#rooms.page(prefix, after, limit, now);
    this.#limiter.chargeAnswer(caller, rooms.length * ROOM_CHARS, now);
    for (const room of stale.filter((each) => this.#mayAsk(each, now)).slice(0, ASKED)) this.#ask(room, now);
    return { value: { rooms, more } };
  }

  /** Its levels are in memory only: a read stores nothing. */
  get #limiter(): ReadLimiter {
    if (this.#reads === undefined) {
      const { readRate: rate, readBurst: burst } = settingsOf(this.env as object);
      this.#reads = new ReadLimiter({ rate, burst }, undefined, { isStored: false });
    }
    return this.#reads;
  }

  #mayAsk({ object }: ShardRoom, now: number): boolean {
    return now - (this.#asked.get(object) ?? 0) >= ASK_AGAIN_MS;
  }

  /** Corrects a report that was lost with its room, such as that the last member has left. */
  #ask({ room, object }: ShardRoom, now: number): void {
    for (const [asked, at] of this.#asked) if (now - at >= ASK_AGAIN_MS) this.#asked.delete(asked);
    this.#asked.set(object, now);
    const answer = async () => {
      const call = this.#stubOf(room, object).dormouseCall("activity", []);
      const answered = await waitAtMost(ASK_TIMEOUT_MS, call, () => {
        throw new Error("It did not answer in time.");
      });
      const activity = answered as RoomActivity | null;
      this.#rooms.put({ room, object, at: Date.now(), activity }, Date.now());
    };
    this.ctx.waitUntil(
      answer().catch((error) =>
        isolateTelemetry.fault("directory_failed", "Asking a room whether it is active", error, room),
      ),
    );
  }

  /** The room with an id, by its name: an object that is found by its id does not know its name. */
  #stubOf(room: string, object: string): RoomStub {
    const { jurisdiction } = settingsOf(this.env as object);
    for (const binding of Object.values(this.env as object)) {
      // A binding to another service takes any name for a method.
      if (Object.prototype.toString.call(binding) !== "[object DurableObjectNamespace]") continue;
      const namespace = binding as Namespace;
      const placed =
        jurisdiction === undefined ? namespace : (namespace.jurisdiction?.(jurisdiction) ?? namespace);
      if (placed.idFromName(room).toString() === object) return placed.getByName(room) as RoomStub;
    }
    throw new Error("No binding of this Worker has it.");
  }
}
