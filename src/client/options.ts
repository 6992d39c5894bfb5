import { RoomError } from "./error.ts";

/**
 * Keeps a cursor between runs of a page or program. The client saves it once a message has been handled: after its listeners returned,
 * or when `for await` requests the next one. With `manual`, only `room.ack(seq)` saves it.
 */
export type CursorStore = { load(): string | undefined; save(cursor: string): void; manual?: boolean };

/** The part of a WebSocket that the client uses. Every runtime's own WebSocket has it. */
export type SocketLike = {
  binaryType: string;
  /** Bytes in the send buffer, where the runtime tells. */
  readonly bufferedAmount?: number;
  /** Called with an event that has `data`, or `code` and `reason`. Each runtime declares these events in its own way. */
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
};

export type JoinOptions = {
  /** Where the service is: `"rooms.example.com"`, or with a scheme. Default: the origin of the page. */
  host?: string;
  /** The path under which the service is mounted, such as `"/realtime"` for `/realtime/v1/rooms/…`. Default: the root. */
  basePath?: string;
  /** The name that others see, for guests. A token brings its own. */
  name?: string;
  /**
   * A token, or a function that returns one. The client calls it for each attempt to connect, and ends an attempt after
   * ten seconds. If the function throws, another attempt follows. If it throws a `RoomError`, the room closes with its code.
   * Default: a guest with a key that the browser keeps, so that all its tabs are one member.
   */
  token?: string | (() => string | Promise<string>);
  /** How many of the last messages the server sends first. Default: 0. */
  history?: number;
  /**
   * Where the client keeps its cursor over a reload. Default: `sessionStorage` if `history` is 0. A page that shows history
   * wants the last messages after a reload, not only the ones that it missed. `null`: nowhere.
   */
  cursor?: CursorStore | null;
  /** How many publishes may be pending at a time. Default: 1000. */
  queue?: number;
  /** How many bytes, or characters, the pending publishes may have together. Default: 16 MiB. */
  queueBytes?: number;
  /** How many messages the timeline holds at most. Default: 1000. */
  timelineLimit?: number;
  /**
   * Whether calls of `joinRoom` with the same name and options share one room and its socket. It is left once each of them has called
   * `leave()`. Functions and objects are the same only if they are identical. By default, calls in one page share a room. With `true`, all
   * tabs of the browser share the socket, too: one of them holds it, and another takes over when that one is gone. With `false`,
   * each call has a socket of its own. Elsewhere than in a page, the default is `false`.
   */
  share?: boolean | undefined;
  /** Creates the socket. Default: the runtime's own `WebSocket`. */
  socket?: (url: string, protocols: string[]) => SocketLike;
};

/**
 * Returns a function that creates the runtime's own WebSocket.
 * @throws RoomError `no_websocket`
 */
export function runtimeSocket(): NonNullable<JoinOptions["socket"]> {
  // Runtimes declare the `this` of its handlers differently.
  if (typeof WebSocket === "function") return (url, protocols) => new WebSocket(url, protocols) as never;
  throw new RoomError("no_websocket", "This runtime has no WebSocket. Pass the option socket.");
}
