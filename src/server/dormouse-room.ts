import type { RoomHooks } from "../room/hooks/room-hooks.ts";
import { RoomCore } from "../room/room-core.ts";
import type { RoomOwner } from "../room/room-owner.ts";
import { metricsOf } from "../telemetry/metrics.ts";
import { directoryPortOf } from "./directory.ts";
import { filesOfObject, settingsOfObject } from "./registry.ts";

/** A room for a Durable Object class of your own, which hands these calls on to it. */
export type DelegatedRoom = {
  fetch(request: Request): Response | Promise<Response>;
  webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void;
  webSocketClose(socket: WebSocket, code: number, reason: string): void;
  webSocketError(socket: WebSocket): void;
  alarm(): void;
  dormouseCall(name: string, args: unknown[]): Promise<unknown>;
  /** The calls that a `Room` has as `this.publish` and so on. */
  owner: RoomOwner;
};

/**
 * Makes a room for a Durable Object class that extends something else than `Room`. Hand `fetch`, `webSocketMessage`, `webSocketClose`,
 * `webSocketError`, `alarm` and `dormouseCall` on to it. `owner` holds what a `Room` has as `this.publish` and so on.
 * @example
 * export class MyObject extends DurableObject<Env> {
 *   room = dormouseRoom(this.ctx, this.env, { onPublish: (draft) => check(draft) });
 *   fetch(request: Request) { return this.room.fetch(request); }
 *   webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer) { this.room.webSocketMessage(socket, frame); }
 *   webSocketClose(socket: WebSocket, code: number, reason: string) { this.room.webSocketClose(socket, code, reason); }
 *   webSocketError(socket: WebSocket) { this.room.webSocketError(socket); }
 *   alarm() { this.room.alarm(); }
 *   dormouseCall(name: string, args: unknown[]) { return this.room.dormouseCall(name, args); }
 * }
 */
export function dormouseRoom(ctx: DurableObjectState, env: object, hooks: RoomHooks = {}): DelegatedRoom {
  const settings = settingsOfObject(ctx.id, env);
  const directory = directoryPortOf(env, settings.jurisdiction);
  const files = filesOfObject(ctx.id, env);
  const core = new RoomCore(ctx, settings, hooks, directory, files, metricsOf(env));
  if (hooks.onStart !== undefined) void ctx.blockConcurrencyWhile(() => core.start());
  return {
    fetch: (request) => core.fetch(request),
    webSocketMessage: (socket, frame) => core.webSocketMessage(socket, frame),
    webSocketClose: (socket, code, reason) => core.webSocketClose(socket, code, reason),
    webSocketError: (socket) => core.webSocketError(socket),
    alarm: () => core.alarm(),
    dormouseCall: (name, args) => core.call(name, args),
    owner: core.owner,
  };
}
