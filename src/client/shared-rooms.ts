import { pageSockets } from "./connection/page-sockets.ts";
import type { JoinOptions } from "./options.ts";
import { runtimeSocket } from "./options.ts";
import { platform } from "./platform.ts";
import { Room } from "./room.ts";
import { tabSockets } from "./tabs/lazy-socket.ts";

type SharedRoom = { options: JoinOptions; room: Room };

let sharedRooms: SharedRoom[] = [];

/** Joins a room, or returns the one that was joined with the same name and options. With `share`, its socket is that of all tabs. */
export function joinShared(name: string, { share, ...options }: JoinOptions): Room {
  if (!(share ?? platform.document)) return new Room(name, options);
  sharedRooms = sharedRooms.filter(({ room }) => room.state.status !== "closed");
  const shared = sharedRooms.find(
    ({ options: others, room }) => room.name === name && isSame(options, others),
  );
  if (shared) return shared.room.retain();
  const create = options.socket ?? (platform.document ? pageSockets() : runtimeSocket());
  const socket = share ? tabSockets(create) : create;
  const room = new Room(name, { ...options, socket }).retain();
  sharedRooms.push({ options, room });
  return room;
}

function isSame(one: JoinOptions, other: JoinOptions): boolean {
  const keys = Object.keys({ ...one, ...other }) as (keyof JoinOptions)[];
  return keys.every((key) => Object.is(one[key], other[key]));
}
