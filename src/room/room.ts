import { DurableObject } from "cloudflare:workers";
import { admissionOf } from "../auth/grant.ts";
import type { Erased, Published } from "../protocol/api.ts";
import { DormouseError, problemResponse, RETRY_LATER_MS } from "../protocol/codes.ts";
import type { RoomInfo } from "../protocol/down.ts";
import { PING, PONG, SUBPROTOCOL } from "../protocol/limits.ts";
import type { Outcome } from "../rpc/outcome.ts";
import type { Post } from "../rpc/post.ts";
import type { Reader } from "../rpc/reader.ts";
import { settingsOf } from "../settings/settings.ts";
import { buildRoom, type RoomParts } from "./build-room.ts";
import { isolate } from "./isolate-errors.ts";
import type { PageAnswer, PageQuery, PostedSignal } from "./rpc-calls.ts";
import { answerClose, leaveReasonOfPeer } from "./sessions/close.ts";
import { welcome } from "./sessions/welcome.ts";

/**
 * The Durable Object of one room. It is a shell: each handler hands on to the parts that `build-room.ts` puts together. Handlers are
 * synchronous, because the platform keeps their order only up to the first `await`.
 */
export class Room extends DurableObject<Env> {
  readonly #room: RoomParts;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.#room = buildRoom(ctx, settingsOf(env));
    this.#room.modules.onWake();
  }

  /** An upgrade that the Worker admitted. The welcome, the replay and going live are one turn, so no message falls between them. */
  override fetch(request: Request): Response {
    const { settings, log, connections, sender, presence, replay, modules, alarm } = this.#room;
    const admission = admissionOf(request);
    const now = Date.now();
    const refusal = modules.checkJoin(admission, now);
    if (refusal !== undefined) return problemResponse(refusal);
    const start = replay.startOf(admission, now);
    if (start instanceof DormouseError) return problemResponse(start);
    const { 0: client, 1: server } = new WebSocketPair();
    const session = connections.accept(server, admission);
    try {
      modules.onJoin(session, now);
      if (session.mode === "v1") sender.send(session, welcome(session, start, settings, log, presence));
      modules.onLive(session, start);
      alarm.scheduleEarlier();
    } catch (error) {
      console.error("A session could not begin:", error);
      connections.close(session, "server_error", undefined, "goodbye");
      const why = "The room cannot be read. Try again later.";
      return problemResponse(new DormouseError("unavailable", why, RETRY_LATER_MS));
    }
    const headers: HeadersInit = session.mode === "v1" ? { "sec-websocket-protocol": SUBPROTOCOL } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const { connections, dispatcher } = this.#room;
    const session = connections.sessionOf(socket);
    if (session === undefined) return;
    if (!isolate("A frame", () => dispatcher.dispatch(session, frame)))
      connections.close(session, "server_error");
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#room.connections.disconnected(socket, leaveReasonOfPeer(code));
    answerClose(socket, code, reason);
  }

  override webSocketError(socket: WebSocket): void {
    this.#room.connections.disconnected(socket, "dropped");
  }

  override alarm(): void {
    this.#room.alarm.run();
  }

  /** The state of the room. It costs nothing, so it is not for callers from outside. */
  info(): RoomInfo {
    return this.#room.calls.info();
  }

  readInfo(reader: Reader): Outcome<RoomInfo> {
    return this.#room.calls.readInfo(reader);
  }

  messages(query: PageQuery): Outcome<PageAnswer> {
    return this.#room.calls.messages(query);
  }

  publish(post: Post): Promise<Outcome<Published>> {
    return this.#room.calls.publish(post);
  }

  signal(signal: PostedSignal): Outcome<null> {
    return this.#room.calls.signal(signal);
  }

  members(reader: Reader): Outcome<string> {
    return this.#room.calls.members(reader);
  }

  kick(member: string, banSeconds?: number): { kicked: number; wasHere: boolean } {
    return this.#room.calls.kick(member, banSeconds);
  }

  erase(): Erased {
    return this.#room.calls.erase();
  }
}
