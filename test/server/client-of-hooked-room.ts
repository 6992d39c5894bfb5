import { afterEach, vi } from "vitest";
import { type JoinOptions, joinRoom, type Room, type SocketLike } from "../../src/client/index.ts";
import type { RoomHooks } from "../../src/server/index.ts";
import { type Deployment, deployment } from "./deployment.ts";
import { hooksByRoom } from "./hooks-by-room.ts";

const joined: Room[] = [];

afterEach(() => {
  for (const room of joined.splice(0)) room.leave();
  vi.unstubAllGlobals();
});

/** A room with these hooks. `join` joins it with the client, and leaves it after the test. */
export function hookedRoom(hooks: RoomHooks) {
  const own = deployment({ binding: (env) => env.HOOKED });
  const name = own.room();
  hooksByRoom.set(name, hooks);
  vi.stubGlobal("fetch", (url: URL, init: RequestInit) => own.call(url.pathname + url.search, init));
  const join = (options: JoinOptions = {}): Room => {
    const socket = (url: string, protocols: string[]) => socketTo(own, url, protocols);
    const room = joinRoom(name, { host: "app.test", cursor: null, socket, ...options });
    joined.push(room);
    return room;
  };
  return { name, call: own.call, join };
}

/** A socket to a deployment, which `new WebSocket` cannot reach. Like a browser's, it does not tell why it was refused. */
function socketTo({ call }: Deployment, url: string, protocols: string[]): SocketLike {
  const { pathname, search } = new URL(url);
  let opened: WebSocket | null = null;
  const socket: SocketLike = {
    binaryType: "",
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (data) => opened?.send(data),
    close: (code, reason) => opened?.close(code, reason),
  };
  const headers = { upgrade: "websocket", "sec-websocket-protocol": protocols.join(", ") };
  void call(pathname + search, { headers }).then((response) => {
    opened = response.webSocket;
    if (opened === null) {
      socket.onclose?.({ code: 1006, reason: "" } as never);
      return;
    }
    opened.binaryType = "arraybuffer";
    opened.addEventListener("message", (event) => socket.onmessage?.(event as never));
    opened.addEventListener("close", (event) => socket.onclose?.(event as never));
    opened.accept();
  });
  return socket;
}
