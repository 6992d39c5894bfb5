import { describe, expect, test, vi } from "vitest";
import { joinRoom, RoomError, type SocketLike } from "../../../src/client/index.ts";
import { joinFake, turns } from "../fake-socket.ts";
import { welcomeWith } from "../welcome.ts";

/** A socket on which nothing ever happens. */
const silentSocket = (): SocketLike => ({
  binaryType: "",
  onmessage: null,
  onclose: null,
  onerror: null,
  send: () => {},
  close: () => {},
});

describe("Connection", () => {
  test("[RES-12] throws at once and names the option socket when the runtime has no WebSocket", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => joinRoom("lobby", { host: "localhost" })).toThrow(
      expect.objectContaining({ code: "no_websocket", message: expect.stringContaining("socket") }),
    );
  });

  test("[RES-12] waits when the token function throws, and closes when it throws a RoomError", async () => {
    vi.useFakeTimers();
    let asked = 0;
    const { room } = joinFake({
      token: () => {
        asked++;
        throw asked < 3 ? new Error("The sign-in is down.") : new RoomError("signed_out", "Signed out.");
      },
    });
    await turns();
    expect(room.state).toMatchObject({ status: "waiting", code: "token", reason: "The sign-in is down." });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.state).toEqual({ status: "closed", code: "signed_out", reason: "Signed out." });
    expect(asked).toBe(3);
  });

  test("[RES-13] ignores an attempt that failed long ago, and leaves no socket open", async () => {
    vi.useFakeTimers();
    // The answer why the attempt failed arrives too late.
    vi.stubGlobal(
      "fetch",
      () => new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 12_000)),
    );
    const { room, sockets, last } = joinFake();
    await turns();
    sockets[0]?.lose();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(room.state.status).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1500);
    expect(sockets).toHaveLength(2);
    last().welcome();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(room.state.status).toBe("live");
    expect(sockets.map(({ closed }) => closed)).toEqual([3000, undefined]);
    room.leave();
    expect(sockets.map(({ closed }) => closed)).toEqual([3000, 1000]);
  });

  test("[ACC-30] closes a room that refuses a token function three times in a row, and reports each refusal", async () => {
    vi.useFakeTimers();
    const problem = { code: "forbidden", detail: "Staff only." };
    vi.stubGlobal("fetch", async () => Response.json(problem, { status: 403 }));
    const { room, sockets, last } = joinFake({ token: () => "a-token-of-some-length" });
    const errors: string[] = [];
    room.on("error", ({ code, message }) => errors.push(`${code}: ${message}`));
    for (let attempt = 1; attempt <= 4; attempt++) {
      await turns();
      last().lose();
      await turns();
      if (attempt < 4) expect(room.state).toMatchObject({ status: "waiting", code: "forbidden", attempt });
      await vi.advanceTimersToNextTimerAsync();
    }
    expect(room.state).toEqual({ status: "closed", code: "forbidden", reason: "Staff only." });
    expect(errors).toEqual(Array(3).fill("forbidden: Staff only."));
    expect(sockets).toHaveLength(4);
  });

  test("[ACC-30] asks why by the name of the attempt, and waits as long as the answer says", async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    const problem = { code: "rate_limited", detail: "Wait.", retryAfter: 60_000 };
    vi.stubGlobal("fetch", async (url: URL) => {
      asked.push(url.href);
      return Response.json(problem, { status: 429 });
    });
    const { room, urls, last } = joinFake();
    await turns();
    last().lose();
    await turns();
    expect(asked).toEqual([urls[0]?.replace(/^ws/, "http")]);
    expect(asked[0]).toMatch(/[?&]attempt=[\w-]{20,}/);
    await vi.advanceTimersByTimeAsync(59_999);
    expect([room.state.status, urls.length]).toEqual(["waiting", 1]);
    await vi.advanceTimersByTimeAsync(501);
    expect(urls).toHaveLength(2);
    expect(urls[1]).not.toBe(urls[0]);
  });

  test("[ACC-6] renews a token once that lives shorter than the notice of its end", async () => {
    vi.useFakeTimers();
    let asked = 0;
    const { last } = joinFake({ token: () => `token-of-some-length-${asked++}` });
    await turns();
    last().welcome();
    const expiring = { type: "error", code: "token_expiring", message: "Soon." };
    for (let second = 0; second < 40; second++) {
      last().receive(expiring);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(asked).toBeLessThanOrEqual(3);
    expect(last().events.filter(({ type }) => type === "auth").length).toBe(asked - 1);
  });

  test("[RES-16] stays live while its send buffer drains, however long a ping waits", async () => {
    vi.useFakeTimers();
    const { room, last } = joinFake();
    await turns();
    last().welcome({ heartbeat: 30 });
    last().receive("pong");
    last().bufferedAmount = 250_000;
    // 250 kB at 5 kB a second.
    for (let second = 0; second < 50; second++) {
      last().bufferedAmount -= 5000;
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(room.state.status).toBe("live");
    last().receive("pong");
    await vi.advanceTimersByTimeAsync(45_000);
    expect(room.state.status).not.toBe("live");
  });

  test("[RES-16] gives data in the kernel's buffers time to arrive", async () => {
    vi.useFakeTimers();
    const { room, last } = joinFake();
    await turns();
    last().welcome({ heartbeat: 30, limits: { ...welcomeWith().limits, publishRate: 0 } });
    void room.publish("x".repeat(250_000)).catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.state.status).toBe("live");
    expect(last().events.filter(({ type }) => type === "publish")).toHaveLength(1);
  });

  test("ends an attempt after ten seconds without a token or a welcome", async () => {
    vi.useFakeTimers();
    let asked = 0;
    const room = joinRoom("lobby", {
      host: "localhost",
      token: () => (++asked % 2 === 1 ? new Promise(() => {}) : "a-guest-key-of-its-own"),
      socket: silentSocket,
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
});
