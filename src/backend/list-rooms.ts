import type { ListedRoom, RoomsPage } from "../protocol/room-list.ts";
import { callerOf, notDormouse, type RemoteRoomOptions } from "./remote-room.ts";

/**
 * - `prefix`: only rooms whose names begin with it.
 * - `after`: the last room of the page before.
 * - `limit`: 1 to 1,000; 100 if absent.
 */
export type ListRoomsOptions = Omit<RemoteRoomOptions, "room"> & {
  prefix?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
};

/**
 * Lists the active rooms of a service, in the order of their names, as they reported themselves last. The token needs `admin`, and `*` in its
 * claim `rooms`.
 * @throws DormouseError with the code of the service: `forbidden`, `invalid_query`, `no_directory`, `rate_limited`, `unavailable`
 * @example const { rooms, more } = await listRooms("https://rooms.example.com", { token, prefix: "order-" });
 */
export async function listRooms(
  url: string | URL,
  { prefix, after, limit, ...options }: ListRoomsOptions,
): Promise<RoomsPage> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ prefix, after, limit }))
    if (value !== undefined) query.set(name, String(value));
  const path = `/v1/rooms?${query}`;
  const answer = await callerOf(url, options).call({ method: "GET", path, isRepeatable: true });
  if (!Array.isArray(answer.rooms)) throw notDormouse();
  return { rooms: answer.rooms as ListedRoom[], more: answer.more === true };
}
