/** The answers of operators' calls that server code sees, as plain types: the declarations of the package name no schema library. */

/**
 * A room as it reported itself last. `seq`: of its newest message. `activeAt`: when it was last active, in milliseconds. `sockets`: how many are
 * open. `rate`: messages in its last active minute, 0 where that is over. `stale`: the report is old, so its members may be gone.
 */
export type ListedRoom = {
  room: string;
  members: number;
  seq: number;
  activeAt: number;
  sockets?: number | undefined;
  rate?: number | undefined;
  stale?: true | undefined;
};

/** A page of the active rooms, in the order of their names. `more`: whether others follow. */
export type RoomsPage = { rooms: ListedRoom[]; more: boolean };

/** An import that succeeded: the new epoch of the room, the number of its messages, and the seq of the last. */
export type Imported = { epoch: string; messages: number; seq: number };
