import { RoomError } from "./error.ts";
import { type KeyValues, surroundings } from "./surroundings.ts";

/**
 * Keeps a cursor between runs of a page or program. It is saved once a message has been handled: after its listeners returned, or
 * when `for await` asks for the next one. `manual`: only by `room.ack(seq)`.
 */
export type CursorStore = { load(): string | undefined; save(cursor: string): void; manual?: boolean };

/** The part of a WebSocket that the SDK uses; every runtime's own has it. */
export type SocketLike = {
  binaryType: string;
  /** Bytes that wait to be sent; absent where the runtime does not tell. */
  readonly bufferedAmount?: number;
  /** Called with a `data`, a `code` and a `reason`, and whatever else; runtimes declare their events each in their own way. */
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
};

export type JoinOptions = {
  /** Where the service is: `"rooms.example.com"`, or with a scheme. Absent: where the page came from. */
  host?: string;
  /** What others see, for guests; a token brings its own. */
  name?: string;
  /**
   * A token, or how to get one: asked afresh for each attempt to connect, and again where it takes longer than ten
   * seconds. If the function throws, another attempt follows; if it throws a `RoomError`, the room closes with its code. Absent:
   * a guest, by a key that the browser keeps, so that all its tabs are one member.
   */
  token?: string | (() => string | Promise<string>);
  /** How many of the last messages to be sent first. Default 0. */
  history?: number;
  /**
   * Where the position is kept over a reload. Default: `sessionStorage`, if `history` is 0; a page that shows history
   * wants that after a reload, and not only what it missed. `null`: nowhere.
   */
  cursor?: CursorStore | null;
  /** How many publishes may be unsettled at a time. Default 1000. */
  queue?: number;
  /** How many bytes, or characters, they may be together. Default 16 MiB. */
  queueBytes?: number;
  /** Makes the socket. Default: the runtime's own `WebSocket`. */
  socket?: (url: string, protocols: string[]) => SocketLike;
};

/** Where the position in a room is kept. */
export function cursorStore(
  room: string,
  { cursor, history = 0, host = "" }: JoinOptions,
): CursorStore | null | undefined {
  return cursor !== undefined || history > 0 ? cursor : sessionCursor(`dormouse.cursor ${host} ${room}`);
}

/** A cursor in `sessionStorage`: one a tab, gone with it. Undefined where there is none (Node, a sandboxed frame). */
function sessionCursor(key: string): CursorStore | undefined {
  try {
    const storage = surroundings.sessionStorage as KeyValues;
    storage.getItem(key);
    return { load: () => storage.getItem(key) ?? undefined, save: (cursor) => storage.setItem(key, cursor) };
  } catch {
    return undefined;
  }
}

/**
 * The socket that the runtime brings. (Their declarations give its handlers each another `this`.)
 * @throws RoomError `no_websocket`
 */
export function runtimeSocket(): NonNullable<JoinOptions["socket"]> {
  if (typeof WebSocket === "function") return (url, protocols) => new WebSocket(url, protocols) as never;
  throw new RoomError("no_websocket", "This runtime has no WebSocket: pass the option socket.");
}

const GUEST_KEY = "dormouse.guest";

/** A guest key that the browser keeps, so that its tabs and reloads are one member; elsewhere, one for this run. */
export function guestKey(): string {
  try {
    const storage = surroundings.localStorage as KeyValues;
    const key = storage.getItem(GUEST_KEY) ?? randomId();
    storage.setItem(GUEST_KEY, key);
    return key;
  } catch {
    return randomId();
  }
}

/** 128 random bits in at most 31 characters. (`crypto.randomUUID` is missing on pages without TLS.) */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("-");
}
