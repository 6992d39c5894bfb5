import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { frameSize } from "../../../src/protocol/text.ts";
import type { Broadcaster } from "../../../src/room/delivery/broadcaster.ts";
import type { Sender } from "../../../src/room/delivery/sender.ts";
import type { ConnectionManager } from "../../../src/room/sessions/connection-manager.ts";
import type { Session } from "../../../src/room/sessions/session.ts";
import type { Admission } from "../../../src/rpc/admission.ts";
import { deliveryOf } from "../parts.ts";

const MIB = 1024 * 1024;
/** The bytes that all sockets of a room may have unread, and that they may have acknowledged without proof. */
const UNREAD = 32 * MIB;
const UNPROVED = 64 * MIB;
const FRAME = JSON.stringify({ type: "messages", data: "x".repeat(64 * 1024) });

type Room = {
  connections: ConnectionManager;
  sender: Sender;
  broadcaster: Broadcaster;
  sockets: WebSocket[];
  sessions: Session[];
  unreadOf(session: Session): number;
};

/** A room of sockets whose peers read nothing: what is sent to each is counted, and goes nowhere. */
function withSockets(
  sockets: number,
  admitted: Partial<Admission>,
  run: (room: Room) => void,
): Promise<void> {
  return runInDurableObject(env.ROOMS.getByName(crypto.randomUUID()), (_room, state) => {
    const { connections, sender, broadcaster } = deliveryOf(state, MIB);
    const sent = new Map<Session, number>();
    vi.spyOn(sender, "sendRaw").mockImplementation((session, frame) => {
      const size = frame instanceof Uint8Array ? frame.length : frameSize(frame);
      sent.set(session, (sent.get(session) ?? 0) + size);
    });
    const peers: WebSocket[] = [];
    const sessions = Array.from({ length: sockets }, (_, i) => {
      const grant = { member: `m${i}`, name: "x", can: ["read" as const], guest: true };
      const admission: Admission = { grant, room: "r", rateKey: "d", mode: "v1", history: 0, ...admitted };
      const socket = new WebSocketPair()[1];
      peers.push(socket);
      return connections.accept(socket, admission);
    });
    run({
      connections,
      sender,
      broadcaster,
      sockets: peers,
      sessions,
      unreadOf: (session) => sent.get(session) ?? 0,
    });
    for (const session of [...connections.sessions()]) connections.close(session, "done");
    vi.restoreAllMocks();
  });
}

/** Sends so many frames to all that are live, and lets those that were left out be live again if they have room. */
function flood(
  { connections, broadcaster }: Pick<Room, "connections" | "broadcaster">,
  frames: number,
): void {
  for (let seq = 1; seq <= frames; seq++) {
    broadcaster.sendMessages({ body: FRAME, first: seq, last: seq, plain: () => [FRAME] });
    for (const session of connections.sessions()) {
      session.replayFrom = undefined;
      session.backpressure = undefined;
    }
  }
}

const total = (sessions: readonly Session[], of: (session: Session) => number) =>
  sessions.reduce((sum, session) => sum + of(session), 0);

test.each([
  ["dormouse.v1 sockets", { mode: "v1" }],
  ["dormouse.v1 sockets that say that they return marks", { mode: "v1", marks: true }],
  ["plain sockets", { mode: "plain" }],
] as const)("[LIM-40] 100 %s that read nothing are sent no more than the room's budget", async (_, mode) => {
  await withSockets(100, mode, (room) => {
    const { sessions, unreadOf } = room;
    flood(room, 200);
    const sent = total(sessions, unreadOf);
    expect(sent).toBeGreaterThan(UNREAD / 4);
    // Each socket has a least window, and its last frame may go beyond its window.
    expect(sent).toBeLessThan(1.5 * UNREAD);
  });
});

test("[LIM-40] a socket that was closed and does not go counts until it is gone", async () => {
  await withSockets(50, {}, (room) => {
    const { connections, sessions, sockets } = room;
    flood(room, 100);
    const [first] = sessions;
    if (first === undefined) throw new Error("No session.");
    const full = connections.budget.window(first.flow);
    for (const session of sessions.slice(1)) connections.close(session, "too_slow");
    expect(connections.budget.window(first.flow)).toBe(full);
    for (const socket of sockets.slice(1)) connections.disconnected(socket, "lost");
    expect(connections.budget.window(first.flow)).toBeGreaterThan(1.5 * full);
  });
});

test("[LIM-41] only the mark that a session was sent proves that it reads, and a larger window is earned by that", async () => {
  await withSockets(300, { marks: true }, (room) => {
    const { connections, sender } = room;
    const [session] = room.sessions;
    if (session === undefined) throw new Error("No session.");
    const { flow } = session;
    flood(room, 40);
    const before = connections.budget.window(flow);
    sender.requestMark(session);
    const { unread, mark } = flow;
    expect(mark).toMatch(/^[0-9a-f-]{36}$/);
    expect(connections.budget.hasRoom(flow)).toBe(false);
    connections.budget.onMark(flow);
    expect(flow.unread).toBeLessThan(unread);
    expect(connections.budget.window(flow)).toBeGreaterThan(before);
  });
});

test("[LIM-41] what sockets acknowledge without proof is bounded for the room, however often they do", async () => {
  await withSockets(64, {}, (room) => {
    const { connections, sessions } = room;
    const now = Date.now();
    let claimed = 0;
    while (!connections.budget.isOverUnproven("v1", now)) {
      flood(room, 4);
      for (const { flow } of sessions) {
        claimed += flow.unread;
        connections.budget.onAcknowledged(flow, 0, now);
      }
      expect(claimed).toBeLessThan(2 * UNPROVED);
    }
    expect(claimed).toBeGreaterThan(UNPROVED);
    // After a while it may go on: what was claimed an hour ago says little of what lies in memory now.
    expect(connections.budget.isOverUnproven("v1", now + 3_600_000)).toBe(false);
  });
});
