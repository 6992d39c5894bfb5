import { describe, expect, test, vi } from "vitest";
import { type JoinOptions, joinRoom } from "../../src/client/index.ts";
import { FakeServer } from "./fake-server.ts";
import { turns } from "./fake-socket.ts";

/** Options of one page: each call with them shares its room with the others. */
function page(options: JoinOptions = {}) {
  vi.useFakeTimers();
  const server = new FakeServer();
  const shared: JoinOptions = {
    host: "localhost",
    cursor: null,
    token: "me",
    socket: server.socket,
    share: true,
    ...options,
  };
  return { server, shared };
}

describe("joinRoom with shared rooms", () => {
  test("[VIEW-5] returns the same room for the same name and options, until each caller has left", async () => {
    const { server, shared } = page();
    const one = joinRoom("lobby", shared);
    const two = joinRoom("lobby", { ...shared });
    expect(two).toBe(one);
    await turns();
    server.settle();
    expect(one.state.status).toBe("live");
    one.leave();
    await turns();
    expect(two.state.status).toBe("live");
    two.leave();
    await turns();
    expect(two.state).toMatchObject({ status: "closed", code: "left" });
    expect(server.connections).toHaveLength(1);
    expect(server.open).toHaveLength(0);
  });

  test("[VIEW-5] stays connected when it is joined again in the turn in which it was left", async () => {
    const { server, shared } = page();
    const first = joinRoom("lobby", shared);
    await turns();
    server.settle();
    first.leave();
    const again = joinRoom("lobby", shared);
    await turns();
    expect(again).toBe(first);
    expect(again.state.status).toBe("live");
    expect(server.connections).toHaveLength(1);
    again.leave();
    // One call too many takes nothing from others.
    again.leave();
    const last = joinRoom("lobby", shared);
    await turns();
    expect(last.state.status).toBe("live");
    last.leave();
    await turns();
  });

  test("[VIEW-5] joins separately for other options, after a close, and where nothing is shared", async () => {
    const { server, shared } = page();
    const rooms = [
      joinRoom("lobby", shared),
      joinRoom("other", shared),
      joinRoom("lobby", { ...shared, history: 5 }),
      joinRoom("lobby", { ...shared, token: () => "me" }),
      joinRoom("lobby", { ...shared, share: false }),
    ];
    const { share: _, ...inNode } = shared;
    rooms.push(joinRoom("lobby", inNode), joinRoom("lobby", inNode));
    expect(new Set(rooms).size).toBe(7);
    await turns();
    expect(server.connections).toHaveLength(7);
    server.settle();
    server.connections[0]?.end(4001);
    expect(rooms[0]?.state.status).toBe("closed");
    const next = joinRoom("lobby", shared);
    expect(next).not.toBe(rooms[0]);
    for (const room of [...rooms, next]) room.leave();
    await turns();
    expect(server.open).toHaveLength(0);
  });

  test("[VIEW-5] shares by default in a page", async () => {
    const { shared } = page();
    const { share: _, ...inPage } = shared;
    vi.stubGlobal("document", { addEventListener: () => {}, visibilityState: "visible" });
    const one = joinRoom("lobby", inPage);
    expect(joinRoom("lobby", inPage)).toBe(one);
    expect(joinRoom("lobby", shared)).toBe(one);
    vi.unstubAllGlobals();
    one.leave();
    one.leave();
    one.leave();
    await turns();
  });
});
