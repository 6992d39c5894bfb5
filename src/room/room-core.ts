import { DormouseError, problemResponse, RETRY_LATER_MS } from "../protocol/codes.ts";
import { PING, PONG, SUBPROTOCOL } from "../protocol/limits.ts";
import { type Admission, admissionOf } from "../rpc/admission.ts";
import { customCallerOf } from "../rpc/custom-request.ts";
import type { DirectoryPort } from "../rpc/directory.ts";
import type { RoomCalls } from "../rpc/room-calls.ts";
import { isMarked } from "../rpc/worker-mark.ts";
import type { Settings } from "../settings/settings.ts";
import type { MetricsDataset } from "../telemetry/metrics.ts";
import { buildRoom, type RoomParts } from "./build-room.ts";
import type { RoomHooks } from "./hooks/room-hooks.ts";
import { isolate } from "./isolate-errors.ts";
import type { OwnerCalls } from "./owner-calls.ts";
import { answerClose, leaveReasonOfPeer } from "./sessions/close.ts";
import type { Session } from "./sessions/session.ts";
import { welcome } from "./sessions/welcome.ts";

/**
 * One room, for the Durable Object that holds it. It is a shell: each handler hands on to the parts that `build-room.ts` puts together.
 * Handlers are synchronous, because the platform keeps their order only up to the first `await`.
 */
export class RoomCore {
  readonly #room: RoomParts;

  /** @param files the file store; undefined where the deployment has none */
  constructor(
    ctx: DurableObjectState,
    settings: Settings,
    hooks: RoomHooks = {},
    directory?: DirectoryPort,
    files?: R2Bucket,
    metrics?: MetricsDataset,
  ) {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.#room = buildRoom(ctx, settings, hooks, directory, files, metrics);
    this.#room.modules.onWake();
  }

  get name(): string {
    return this.#room.roomName();
  }

  /** Runs `onStart`. A room that cannot start refuses all clients until it wakes again. */
  async start(): Promise<void> {
    await this.#room.runner.start();
  }

  /** The calls of the Worker's HTTP API. */
  get calls(): RoomCalls {
    return this.#room.calls;
  }

  /** The calls of its owner's server code. */
  get owner(): OwnerCalls {
    return this.#room.owner;
  }

  /** An upgrade that the Worker admitted, or a request for `onRequest`. Nothing else says who its client is. */
  fetch(request: Request): Response | Promise<Response> {
    if (!isMarked(request)) {
      const why = "Clients reach a room through the app of createDormouse only. Send the request there.";
      return problemResponse(new DormouseError("forbidden", why));
    }
    const caller = customCallerOf(request);
    return caller === undefined ? this.#join(request) : this.#room.customRequests.answer(request, caller);
  }

  /** Calls by RPC: `owner.…` those of the owner's server code, all others those of the Worker's HTTP API. */
  call(name: string, args: unknown[]): Promise<unknown> {
    return this.#room.rpc.call(name, args);
  }

  /** The welcome, the replay and going live are one turn, so no message falls between them. */
  #join(request: Request): Response {
    const { settings, log, connections, sender, presence, replay, hooks, modules, alarm, files, telemetry } =
      this.#room;
    const admission = admissionOf(request);
    const now = Date.now();
    const refusal = modules.checkJoin(admission, now);
    if (refusal !== undefined) return this.#refuse(admission, refusal, now);
    const start = replay.startOf(admission, now);
    if (start instanceof DormouseError) return this.#refuse(admission, start, now);
    const { 0: client, 1: server } = new WebSocketPair();
    let session: Session;
    try {
      session = connections.accept(server, admission, (candidate) => hooks.connect(candidate));
    } catch (error) {
      if (!(error instanceof DormouseError)) throw error;
      return this.#refuse(admission, error, now);
    }
    try {
      modules.onJoin(session, now);
      if (session.mode === "v1")
        sender.send(session, welcome(session, start, { settings, log, presence, files }));
      modules.onLive(session, start);
      alarm.scheduleEarlier();
    } catch (error) {
      telemetry.fault("storage_failed", "A session could not begin", error);
      connections.close(session, "server_error", undefined, "removed");
      const why = "The room cannot be read. Try again later.";
      return this.#refuse(admission, new DormouseError("unavailable", why, RETRY_LATER_MS), now);
    }
    const headers: HeadersInit = session.mode === "v1" ? { "sec-websocket-protocol": SUBPROTOCOL } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  #refuse(admission: Admission, error: DormouseError, now: number): Response {
    const { refusedAttempts, telemetry } = this.#room;
    telemetry.emit("refusal", { member: admission.grant.member, code: error.code, source: "join" });
    refusedAttempts.add(admission, error, now);
    return problemResponse(error);
  }

  webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const { connections, dispatcher, telemetry } = this.#room;
    const session = connections.sessionOf(socket);
    if (session === undefined) return;
    if (!isolate(telemetry, "frame_failed", "A frame", () => dispatcher.dispatch(session, frame)))
      connections.close(session, "server_error");
  }

  webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#room.connections.disconnected(socket, leaveReasonOfPeer(code));
    answerClose(socket, code, reason);
  }

  webSocketError(socket: WebSocket): void {
    this.#room.connections.disconnected(socket, "lost");
  }

  alarm(): void {
    this.#room.alarm.run();
  }
}
