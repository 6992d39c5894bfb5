import type { ListedRoom } from "../protocol/room-list.ts";
import type { Outcome } from "./outcome.ts";

/** The report of a room about itself. `until`: the time at which it becomes empty if nothing else happens. Times are in milliseconds. */
export type RoomActivity = {
  members: number;
  sockets: number;
  seq: number;
  rate: number;
  activeAt: number;
  until: number;
};

/**
 * A report of a room to the directory. `object`: the id of its Durable Object, because rooms of two deployments may have the same name.
 * `activity` is null where the room holds nothing any more.
 */
export type RoomReport = { room: string; object: string; at: number; activity: RoomActivity | null };

/** Where a room reports to. */
export interface DirectoryPort {
  /** @throws where the report did not arrive */
  send(report: RoomReport, signal: AbortSignal): Promise<void>;
}

/** Rooms by name. `caller`: whose read limit is charged. */
export type RoomsQuery = { prefix: string; after: string; limit: number; caller?: string | undefined };

/** A room of a shard. */
export type ShardRoom = ListedRoom & { object: string };

/** The first rooms of a shard in the order of their names. `more`: there are others after them. */
export type ShardPage = { rooms: ShardRoom[]; more: boolean };

/** A shard, as the Worker and rooms reach it. */
export type DirectoryStub = {
  fetch(request: Request): Response | Promise<Response>;
  listRooms(query: RoomsQuery): Promise<Outcome<ShardPage>>;
};
