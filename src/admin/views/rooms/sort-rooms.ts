import type { ListedRoom } from "../../../protocol/room-list.ts";

export type Column = "room" | "members" | "sockets" | "seq" | "rate" | "activeAt";
export type Order = { column: Column; isDescending: boolean };

/** Names first from A, figures first from the largest. */
export const firstOrder = (column: Column): Order => ({ column, isDescending: column !== "room" });

/** The rooms of one page in another order. Without an order, and where two are equal, it is that of the service: by name. */
export function sortRooms(rooms: readonly ListedRoom[], order: Order | undefined): readonly ListedRoom[] {
  if (order === undefined) return rooms;
  const { column, isDescending } = order;
  if (column === "room") return isDescending ? rooms.toReversed() : rooms;
  const direction = isDescending ? -1 : 1;
  return rooms.toSorted((a, b) => direction * ((a[column] ?? -1) - (b[column] ?? -1)));
}
