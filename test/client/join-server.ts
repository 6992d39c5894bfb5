import { vi } from "vitest";
import type { JoinOptions, Room } from "../../src/client/index.ts";
import { waitFor } from "../support/wait-for.ts";
import { FakeServer } from "./fake-server.ts";
import { joinFake, turns } from "./fake-socket.ts";

/** Joins a room of a fake server as `me`, with fake timers, and creates its timeline. Nothing moves before `settle`. */
export function joinServer(options: JoinOptions = {}, server = new FakeServer(), hasTimeline = true) {
  vi.useFakeTimers();
  const { room } = joinFake({ token: "me", socket: server.socket, ...options });
  if (hasTimeline) room.timeline.getSnapshot();
  /** Moves frames and turns until nothing is left to do now. */
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      await turns();
      server.settle();
    }
    await turns();
  };
  /** Cuts the connection. `meanwhile` happens before the next one. */
  const reconnect = async (meanwhile: () => void = () => {}) => {
    for (const connection of server.open) connection.end(1006);
    meanwhile();
    await waitFor(
      async () => {
        await settle();
        if (room.state.status !== "live") throw new Error("Not live yet.");
      },
      { timeout: 60_000 },
    );
    await settle();
  };
  return { server, room, settle, reconnect };
}

/** Adds messages of bob: m1, m2 and so on. */
export function say(server: FakeServer, count: number): FakeServer {
  for (let i = 1; i <= count; i++) server.say("bob", `m${i}`);
  return server;
}

export const items = ({ timeline }: Room) => timeline.getSnapshot().messages;
export const datas = (room: Room) => items(room).map(({ data }) => data);
export const statuses = (room: Room) => items(room).map(({ data, status }) => `${data} ${status}`);
