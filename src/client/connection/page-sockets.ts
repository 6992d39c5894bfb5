import { MAX_CONNECTING } from "../limits.ts";
import { type JoinOptions, runtimeSocket } from "../options.ts";
import { LateSocket } from "./late-socket.ts";

let connecting = 0;
/** Each creates a socket that waits for its turn. */
const waiting: (() => void)[] = [];

/**
 * Returns a function that creates the sockets of a page, a few at a time. A browser connects to one host with one socket after the other
 * (RFC 6455, section 4.1), so this costs no time. Chromium delays a socket by up to five seconds while many others of the page are connecting.
 * @throws RoomError `no_websocket`
 */
export function pageSockets(): NonNullable<JoinOptions["socket"]> {
  const createSocket = runtimeSocket();
  const connect: typeof createSocket = (url, protocols) => {
    const socket = createSocket(url, protocols);
    const stop = new AbortController();
    const settled = () => {
      stop.abort();
      connecting--;
      while (connecting < MAX_CONNECTING && waiting.length > 0) waiting.shift()?.();
    };
    connecting++;
    for (const type of ["open", "close"])
      (socket as never as EventTarget).addEventListener(type, settled, stop);
    return socket;
  };
  return (url, protocols) => {
    if (connecting < MAX_CONNECTING) return connect(url, protocols);
    const late = new LateSocket();
    waiting.push(() => {
      try {
        if (!late.isClosed) late.become(connect(url, protocols));
      } catch {
        late.end(1006, "");
      }
    });
    return late;
  };
}
