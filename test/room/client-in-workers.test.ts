import { expect, test } from "vitest";
import { joinRoom, type SocketLike } from "../../src/client/index.ts";
import { waitFor } from "../support/wait-for.ts";
import { freshRoom, upgrade } from "./room-client.ts";

/** A socket to the service under test, which `new WebSocket` cannot reach. */
function socketTo(url: string, protocols: string[]): SocketLike {
  const { pathname, search } = new URL(url);
  const socket: SocketLike = {
    binaryType: "blob",
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (data) => opened?.send(data),
    close: (code, reason) => opened?.close(code, reason),
  };
  let opened: WebSocket | null = null;
  const room = decodeURIComponent(pathname.split("/")[3] ?? "");
  void upgrade(room, search, { "sec-websocket-protocol": protocols.join(", ") }).then((response) => {
    opened = response.webSocket;
    opened?.addEventListener("message", (event) => socket.onmessage?.(event as never));
    opened?.addEventListener("close", (event) => socket.onclose?.(event as never));
    if (opened !== null) opened.binaryType = "arraybuffer";
    opened?.accept();
  });
  return socket;
}

test("[RES-2] the client publishes, receives and reads history in Workers", async () => {
  const room = joinRoom(freshRoom(), { host: "dormouse.test", socket: socketTo });
  const seen: unknown[] = [];
  room.on("message", ({ seq, data, bytes }) => seen.push([seq, data ?? [...(bytes ?? [])]]));
  expect(await room.publish({ text: "hello" })).toMatchObject({ seq: 1 });
  expect(await room.publish(new Uint8Array([1, 2]))).toMatchObject({ seq: 2 });
  await waitFor(() =>
    expect(seen).toEqual([
      [1, { text: "hello" }],
      [2, [1, 2]],
    ]),
  );
  expect((await room.history()).messages).toHaveLength(2);
  room.leave();
  expect(room.state).toMatchObject({ status: "closed", code: "left" });
});
