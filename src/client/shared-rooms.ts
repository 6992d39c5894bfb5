import type { JoinOptions } from "./options.ts";
import { platform } from "./platform.ts";
import { Room } from "./room.ts";

type SharedRoom = { options: JoinOptions; room: Room };

let sharedRooms: SharedRoom[] = [];

/** Joins a room, or returns the one that was joined with the same name and options. */
export function joinShared(
  name: string,
  { share = platform.document !== undefined, ...options }: JoinOptions,
): Room {
  if (!share) return new Room(name, options);
  sharedRooms = sharedRooms.filter(({ room }) => room.state.status !== "closed");
  const shared = sharedRooms.find(
    ({ options: others, room }) => room.name === name && isSame(options, others),
  );
  if (shared) return shared.room.retain();
  const room = new Room(name, options).retain();
  sharedRooms.push({ options, room });
  return room;
}

function isSame(one: JoinOptions, other: JoinOptions): boolean {
  const keys = Object.keys({ ...one, ...other }) as (keyof JoinOptions)[];
  return keys.every((key) => Object.is(one[key], other[key]));
}
