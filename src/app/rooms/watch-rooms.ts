import { effect, signal, untracked } from "@preact/signals";
import type { Cursor } from "../../protocol/cursor.ts";
import { load, loadJson, save } from "../browser-storage.ts";
import type { Identity } from "../chat/chat-store.ts";
import { invitationKey, token } from "../page-state.ts";
import { preferredName } from "../preferences.ts";
import { currentRoom, recentRooms } from "../router.ts";
import { loadRead } from "./room-counts.ts";
import { addVisit, roomsToWatch } from "./room-order.ts";
import { holdUnopened, onOpenedElsewhere, whenLeading } from "./tab-locks.ts";
import { WatchedRoom } from "./watched-room.ts";

const VISITS_KEY = "dormouse.visits";

type Watch = { stop(): void; follow(read: Cursor): boolean };

/** Whether this tab is the one of this browser that watches. */
export const isLeading = signal(false);

/** The rooms that were visited last. */
const visits = signal<readonly string[]>(loadVisits());

function loadVisits(): readonly string[] {
  const stored = loadJson(VISITS_KEY);
  return Array.isArray(stored) ? stored.filter((room) => typeof room === "string") : [];
}

export function syncVisits(key: string | null): void {
  if (key === VISITS_KEY) visits.value = loadVisits();
}

/** As whom this tab watches. Undefined unless it is the one that does. */
let watcher: Identity | undefined;
const watches = new Map<string, Watch>();
/** The sockets of one page connect one after the other. A browser would delay the open room behind them otherwise. */
const queue: (() => void)[] = [];
let isConnecting = false;

function next(): void {
  isConnecting = false;
  queue.shift()?.();
}

function watch(name: string, identity: Identity): Watch {
  let room: WatchedRoom | undefined;
  const connect = () => {
    isConnecting = true;
    const invitation = load(invitationKey(name), "sessionStorage");
    room = new WatchedRoom(name, { ...identity, token: invitation ?? identity.token }, next);
  };
  const release = holdUnopened(name, () => {
    if (isConnecting) queue.push(connect);
    else connect();
  });
  return {
    stop() {
      const place = queue.indexOf(connect);
      if (place >= 0) queue.splice(place, 1);
      room?.leave();
      release();
    },
    follow: (read) => room?.follow(read) ?? true,
  };
}

function restart(name: string): void {
  const running = watches.get(name);
  if (running === undefined || watcher === undefined) return;
  running.stop();
  watches.set(name, watch(name, watcher));
}

/** Follows a read position that changed outside of the room's own conversation. */
export function followRead(name: string): void {
  const read = loadRead(name);
  if (read !== undefined && watches.get(name)?.follow(read) === false) restart(name);
}

function startOrStop(rooms: ReadonlySet<string>, identity: Identity): void {
  const isSame = identity.name === watcher?.name && identity.token === watcher.token;
  watcher = identity;
  for (const [room, running] of watches) {
    if (isSame && rooms.has(room)) continue;
    running.stop();
    watches.delete(room);
  }
  for (const room of rooms) if (!watches.has(room)) watches.set(room, watch(room, identity));
}

/** Keeps this browser connected to the rooms that were visited last, besides those that are open in a tab. */
export function watchRooms(): void {
  effect(() => {
    const room = currentRoom.value;
    visits.value = addVisit(untracked(loadVisits), room);
    save(VISITS_KEY, JSON.stringify(visits.peek()));
  });
  whenLeading(() => {
    isLeading.value = true;
    // The other tab is in front of this one, which then waits until no tab has the room open.
    onOpenedElsewhere(restart);
    effect(() => {
      const identity = { name: preferredName.value, token: token.value };
      const rooms = new Set(roomsToWatch(recentRooms.value, visits.value, currentRoom.value));
      untracked(() => startOrStop(rooms, identity));
    });
  });
}
