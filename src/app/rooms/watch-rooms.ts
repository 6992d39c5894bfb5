import { effect, signal, untracked } from "@preact/signals";
import type { Cursor } from "../../protocol/cursor.ts";
import { loadJson, save } from "../browser-storage.ts";
import type { Identity } from "../chat/chat-store.ts";
import { identityIn, token } from "../page-state.ts";
import { preferredName } from "../preferences.ts";
import { currentRoom, recentRooms } from "../router.ts";
import { parseJwt } from "../sign-in/claims.ts";
import { loadRead } from "./room-counts.ts";
import { addVisit, roomsToWatch } from "./room-order.ts";
import { holdUnopened, onOpenedElsewhere, whenLeading } from "./tab-locks.ts";
import { WatchedRoom } from "./watched-room.ts";

const VISITS_KEY = "dormouse.visits";

type Watch = { stop(): void; follow(read: Cursor): boolean; isRefused(): boolean };

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

/** As whom this tab watches the rooms to which it has no invitation. Undefined unless it is the tab that does. */
let watcher: Identity | undefined;
const watches = new Map<string, Watch>();
/** The sockets of one page connect one after the other. A browser would delay the open room behind them otherwise. */
const queue: (() => void)[] = [];
let isConnecting = false;

function next(): void {
  isConnecting = false;
  queue.shift()?.();
}

function watch(name: string): Watch {
  let room: WatchedRoom | undefined;
  const connect = () => {
    isConnecting = true;
    room = new WatchedRoom(name, identityIn(name), next);
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
    isRefused: () => room?.isRefused ?? false,
  };
}

function restart(name: string): void {
  const running = watches.get(name);
  if (running === undefined) return;
  running.stop();
  watches.set(name, watch(name));
}

/** Follows a read position that changed outside of the room's own conversation. */
export function followRead(name: string): void {
  const read = loadRead(name);
  if (read !== undefined && watches.get(name)?.follow(read) === false) restart(name);
}

/** Whether a token is that of the same user. A room takes the new one over by itself, unless it had refused the old one. */
function isRenewed(token: string | undefined, old: string | undefined): boolean {
  const user = parseJwt(token ?? "")?.claims.sub;
  return user !== undefined && user === parseJwt(old ?? "")?.claims.sub;
}

function startOrStop(rooms: ReadonlySet<string>, identity: Identity): void {
  const hasSameName = identity.name === watcher?.name;
  const hasSameToken = identity.token === watcher?.token;
  const isSameUser = hasSameToken || isRenewed(identity.token, watcher?.token);
  watcher = identity;
  for (const [room, running] of watches) {
    const isKept = hasSameName && isSameUser && (hasSameToken || !running.isRefused());
    if (isKept && rooms.has(room)) continue;
    running.stop();
    watches.delete(room);
  }
  for (const room of rooms) if (!watches.has(room)) watches.set(room, watch(room));
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
