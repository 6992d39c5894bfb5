import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { encodeBinary } from "../../src/protocol/binary.ts";
import { beginLog } from "../../src/room/log/schema.ts";
import { RoomCore } from "../../src/room/room-core.ts";
import type { Admission } from "../../src/rpc/admission.ts";
import { RoomClient, type RoomStub } from "../../src/rpc/room-calls.ts";
import type { Room } from "../../src/server/room.ts";
import { settingsOf } from "../../src/settings/settings.ts";

type Inside = { room: Room; state: DurableObjectState; sql: SqlStorage };

/** Runs `callback` in the isolate of a room, in one turn. */
export function inside<Result>(
  name: string,
  callback: (inside: Inside) => Result | Promise<Result>,
): Promise<Result> {
  return runInDurableObject(env.ROOMS.getByName(name), async (room, state) =>
    callback({ room, state, sql: state.storage.sql }),
  );
}

/** Creates the log's tables, as the first message does, and evicts the room, so that it reads them. */
export async function storeLog(name: string): Promise<void> {
  const { epoch } = await infoOf(name);
  await inside(name, ({ sql }) => beginLog(sql, epoch));
  await evictDurableObject(env.ROOMS.getByName(name), { webSockets: "hibernate" });
}

/** Another instance of a room, with variables of its own, as after an eviction and a deploy. */
export function roomWith(state: DurableObjectState, vars: object = {}) {
  const core = new RoomCore(state, settingsOf({ ...env, ...vars }));
  return {
    calls: core.calls,
    info: () => core.owner.info(),
    join: (request: Request) => core.fetch(request) as Response,
    webSocketMessage: (socket: WebSocket, frame: Frame) => core.webSocketMessage(socket, frame),
    webSocketClose: (socket: WebSocket, code: number, reason: string) =>
      core.webSocketClose(socket, code, reason),
    webSocketError: (socket: WebSocket) => core.webSocketError(socket),
    alarm: () => core.alarm(),
    /** The state of the webhook, for an operator. */
    webhook: (rateKey?: string) => core.call("webhook", [{ member: "operator", rateKey }]),
  };
}

/** The calls of the Worker to a room. */
export function callsOf(room: RoomStub): RoomClient {
  return new RoomClient(room);
}

export function infoOf(name: string) {
  return env.ROOMS.getByName(name).info();
}

/** An admission as the Worker writes it for a guest. */
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

/** The server side of a member's only socket. */
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
 * Delivers frames of one member in one turn with a frozen clock. In a fresh room the first is flushed at once, and the others share
 * the next flush.
 */
export function receiveAtOnce(name: string, member: string, frames: readonly Frame[]): Promise<void> {
  return inside(name, ({ room, state }) => {
    const socket = socketOf(state, member);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    for (const frame of frames) room.webSocketMessage(socket, frame);
    clock.mockRestore();
  });
}

/** Runs `then` in the same turn in which the room accepts the next socket. */
export function withNextJoin(name: string, then: (inside: Inside) => void): Promise<void> {
  return inside(name, (within) => {
    const fetch = within.room.fetch.bind(within.room);
    vi.spyOn(within.room, "fetch").mockImplementationOnce((request: Request) => {
      const response = fetch(request);
      then(within);
      return response;
    });
  });
}
