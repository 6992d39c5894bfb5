import { afterEach, expect, test, vi } from "vitest";
import { joinRoom, type SocketLike } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A socket on which nothing ever happens. */
const silent = (): SocketLike => ({
  binaryType: "",
  onmessage: null,
  onclose: null,
  onerror: null,
  send: () => {},
  close: () => {},
});

test("an attempt to connect ends after ten seconds, whether the token or the welcome does not come", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const room = joinRoom("lobby", {
    host: "localhost",
    token: () => (++asked % 2 === 1 ? new Promise(() => {}) : "a-guest-key-of-its-own"),
    socket: silent,
  });
  for (const attempt of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(9999);
    expect([room.state.status, asked]).toEqual(["connecting", attempt]);
    await vi.advanceTimersByTimeAsync(1);
    expect(room.state).toMatchObject({ status: "waiting", attempt });
    await vi.advanceTimersToNextTimerAsync();
  }
  room.leave();
  expect(vi.getTimerCount()).toBe(0);
});

test("a question for history is refused once its connection is given up", async () => {
  const service = await startService({ HEARTBEAT_SECONDS: "1" });
  const network = await Network.start(() => Number(new URL(service.url).port));
  const room = joinRoom("silent", { host: `127.0.0.1:${network.port}` });
  try {
    await eventually(() => room.state.status === "live");
    for (const leg of network.legs) leg.stall();
    await expect(room.history()).rejects.toMatchObject({ name: "RoomError", code: "closed" });
    expect(room.state.status).toBe("waiting");
  } finally {
    room.leave();
    await network.stop();
    await service.stop();
  }
});
