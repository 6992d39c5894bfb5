import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { encodeBinary } from "../../src/protocol/binary.ts";
import { beginLog } from "../../src/room/log/schema.ts";
import type { Room } from "../../src/room/room.ts";
import type { Admission } from "../../src/rpc/admission.ts";

type Inside = { room: Room; state: DurableObjectState; sql: SqlStorage };

/** Runs `callback` in a room, in one turn. */
export function inside<Result>(
  name: string,
  callback: (inside: Inside) => Result | Promise<Result>,
): Promise<Result> {
  return runInDurableObject(env.ROOMS.getByName(name), async (room, state) =>
    callback({ room, state, sql: state.storage.sql }),
  );
}

/** Has the tables of a room's log made, as its first message would, and the room read them. */
export async function storeLog(name: string): Promise<void> {
  const { epoch } = await infoOf(name);
  await inside(name, ({ sql }) => beginLog(sql, epoch));
  await evictDurableObject(env.ROOMS.getByName(name), { webSockets: "hibernate" });
}

export function infoOf(name: string) {
  return env.ROOMS.getByName(name).info();
}

/** An admission as the Worker would write it for a guest. */
export function admission(of: Partial<Admission> & { can?: Admission["grant"]["can"] } = {}): Admission {
  const { can = ["read", "publish"], ...rest } = of;
  return {
    grant: { member: "guest_test", name: "Test", can, guest: true },
    room: "test",
    rateKey: "guest_test",
    mode: "v1",
    history: 0,
    ...rest,
  };
}

/** The room's end of a member's only socket. */
export function socketOf(state: DurableObjectState, member: string): WebSocket {
  const socket = state.getWebSockets().find((each) => each.deserializeAttachment().grant.member === member);
  if (socket === undefined) throw new Error(`${member} has no socket.`);
  return socket;
}

export type Frame = string | ArrayBuffer;

export function publishFrame(id: string, data: unknown): Frame {
  return JSON.stringify({ type: "publish", id, data });
}

export function publishBytesFrame(id: string, bytes: Uint8Array): Frame {
  return encodeBinary({ type: "publish", id }, bytes);
}

/**
 * Frames of one member that reach a room in one turn, in which the clock stands still. The first is flushed at once, if
 * there was no flush just before, as in a fresh room; the others share the next.
 */
export function receiveAtOnce(name: string, member: string, frames: readonly Frame[]): Promise<void> {
  return inside(name, ({ room, state }) => {
    const socket = socketOf(state, member);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    for (const frame of frames) room.webSocketMessage(socket, frame);
    clock.mockRestore();
  });
}

/** Has `then` done in the very turn in which the room lets the next socket in. */
export function withNextJoin(name: string, then: (inside: Inside) => void): Promise<void> {
  return inside(name, (within) => {
    const fetch = within.room.fetch.bind(within.room);
    vi.spyOn(within.room, "fetch").mockImplementationOnce((request) => {
      const response = fetch(request);
      then(within);
      return response;
    });
  });
}
