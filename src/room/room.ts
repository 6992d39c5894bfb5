import { DurableObject } from "cloudflare:workers";
import type { Erased, Published } from "../protocol/api.ts";
import { DormouseError, problemResponse, RETRY_LATER_MS } from "../protocol/codes.ts";
import type { RoomInfo } from "../protocol/down.ts";
import { PING, PONG, SUBPROTOCOL } from "../protocol/limits.ts";
import { type Admission, admissionOf } from "../rpc/admission.ts";
import type { Outcome } from "../rpc/outcome.ts";
import type { PageAnswer, PageQuery, Post, PostedSignal, Reader } from "../rpc/room-calls.ts";
import { type Settings, settingsOf } from "../settings/settings.ts";
import { createWebhooks } from "../webhooks/webhooks.ts";
import { AlarmScheduler } from "./alarm/alarm-scheduler.ts";
import { StorageRelease } from "./alarm/storage-release.ts";
import { Acknowledgements } from "./flow/acknowledgements.ts";
import { Backpressure } from "./flow/backpressure.ts";
import { Dispatcher } from "./frames/dispatcher.ts";
import { EphemeralEvents } from "./frames/ephemeral-events.ts";
import { isolate } from "./isolate-errors.ts";
import { Bans } from "./limits/bans.ts";
import { RateLimiters } from "./limits/rate-limiters.ts";
import { StoredLevels } from "./limits/stored-levels.ts";
import { RoomLog } from "./log/log.ts";
import { Presence } from "./presence/presence.ts";
import { Flush, flushWindow } from "./publish/flush.ts";
import { Replay } from "./replay/replay.ts";
import { type StartPosition, startPositionOf } from "./replay/start-position.ts";
import { RpcCalls } from "./rpc-calls.ts";
import { answerClose, isGoodbye } from "./sessions/close.ts";
import { ConnectionManager } from "./sessions/connection-manager.ts";
import { IdleReaper } from "./sessions/idle-reaper.ts";
import type { Session } from "./sessions/session.ts";
import { TokenExpiry } from "./sessions/token-expiry.ts";
import { TokenRenewal } from "./sessions/token-renewal.ts";
import { welcome } from "./sessions/welcome.ts";
import { SignalQueue } from "./signals/signal-queue.ts";

const UNREADABLE = "The room cannot be read.";

/**
 * One room: its sockets, its log, and what passes between them. A shell: each handler finds the session and hands on.
 * Handlers are synchronous, since the platform keeps their order only up to the first `await`.
 */
export class Room extends DurableObject<Env> {
  readonly #settings: Settings;
  readonly #connections: ConnectionManager;
  readonly #log: RoomLog;
  readonly #bans: Bans;
  readonly #dispatcher: Dispatcher;
  readonly #replay: Replay;
  readonly #expiry: TokenExpiry;
  readonly #alarm: AlarmScheduler;
  readonly #rateLimiters: RateLimiters;
  readonly #presence: Presence;
  readonly #sweep: IdleReaper;
  readonly #calls: RpcCalls;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const settings = settingsOf(env);
    const bans = new Bans(ctx.storage.sql);
    const debts = new StoredLevels(ctx.storage.sql);
    const connections: ConnectionManager = new ConnectionManager(ctx, settings.ackBytes, (session, end) => {
      // A debt that cannot be stored must not leave its rateKey in the list of members.
      isolate("Keeping what a session owes", () => rateLimiters.onLeave(session, Date.now()));
      isolate("Taking a session off the list of members", () => presence.onLeave(session, end));
      if (connections.size === 0 && log.isEmpty) alarm.scheduleEarlier();
    });
    const { historyMessages: messages, historyBytes: bytes, historyDays: days } = settings;
    const retention = { messages, bytes, days, dedupe: settings.dedupeMessages };
    const log: RoomLog = new RoomLog(ctx.storage, retention, `${ctx.id}`, () => epochHeldBy(connections));
    const rateLimiters = new RateLimiters(settings, debts, log);
    const presence = new Presence(connections, settings.membersListed, settings.leaveGraceMs, (member) =>
      webhooks?.onMemberChange(member),
    );
    const signals = new SignalQueue(connections, () => flushWindow(connections));
    const showing = new EphemeralEvents(settings, connections, presence, signals);
    const backpressure = new Backpressure(connections);
    const replay = new Replay(log, connections, backpressure);
    const rescheduled = () => alarm.scheduleEarlier();
    const acknowledgements = new Acknowledgements({
      log,
      connections,
      presence,
      backpressure,
      replay,
      rescheduled,
    });
    const expiry = new TokenExpiry(connections);
    const trim = {
      nextRunAt: () => log.trimDue(webhooks?.deliveredSeq),
      run: (now: number) => log.trim(now, webhooks?.deliveredSeq),
    };
    const pingedAt = (socket: WebSocket) => ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    const sweep = new IdleReaper(connections, pingedAt, settings.heartbeatSeconds);
    const webhooks = createWebhooks(settings, ctx, log, presence, () => alarm);
    const release = new StorageRelease({ storage: ctx.storage, connections, log, bans, debts, webhooks });
    const tasks = { trim, replay, backpressure, expiry, sweep, webhooks, release };
    const alarm: AlarmScheduler = new AlarmScheduler(ctx.storage, tasks);
    const flush = new Flush(log, connections, (slow) => {
      for (const session of slow) replay.pause(session);
      acknowledgements.closeUnproven();
      alarm.scheduleEarlier();
    });
    const renewal = new TokenRenewal(settings, connections, (session) => {
      expiry.onJoin(session);
      alarm.scheduleEarlier();
      presence.onChange(session);
    });
    this.#settings = settings;
    this.#connections = connections;
    this.#log = log;
    this.#bans = bans;
    this.#dispatcher = new Dispatcher({
      settings,
      connections,
      log,
      flush,
      rateLimiters,
      expiry,
      renewal,
      showing,
      acknowledgements,
    });
    this.#replay = replay;
    this.#expiry = expiry;
    this.#alarm = alarm;
    this.#rateLimiters = rateLimiters;
    this.#presence = presence;
    this.#sweep = sweep;
    const erased = (last: number) => {
      connections.livePositions.reset();
      isolate("Restarting the webhooks", () => webhooks?.onErase(last));
      alarm.scheduleEarlier();
    };
    this.#calls = new RpcCalls({ connections, log, flush, rateLimiters, bans, presence, signals, erased });
    // What a session was owed when the object went out of memory in the middle of a replay.
    isolate("Resuming replays", () => replay.run());
    isolate("Restoring the list of members", () => presence.restore());
    isolate("Restoring the webhooks", () => webhooks?.onWake());
  }

  /** An upgrade that the Worker let in. */
  override fetch(request: Request): Response {
    const admission = admissionOf(request);
    const now = Date.now();
    const banned = this.#bans.until(admission.grant.member, now);
    if (banned !== undefined) {
      return problemResponse(new DormouseError("banned", "You are banned from this room.", banned - now));
    }
    const barred = this.#rateLimiters.barredFor(admission.rateKey, now);
    if (barred > 0) {
      const why = "You were closed for sending too fast, and may come back after a while.";
      return problemResponse(new DormouseError("rate_limited", why, barred));
    }
    if (this.#connections.size >= this.#settings.roomSockets) {
      const full = `This room has ${this.#settings.roomSockets} open sockets, which is as many as it may have.`;
      return problemResponse(new DormouseError("room_full", full, RETRY_LATER_MS));
    }
    const position = this.#positionFor(admission, now);
    if (position instanceof DormouseError) return problemResponse(position);
    const { 0: client, 1: server } = new WebSocketPair();
    const session = this.#connections.accept(server, admission);
    this.#rateLimiters.onJoin(session, now);
    try {
      this.#begin(session, position);
    } catch (error) {
      console.error("A session could not begin:", error);
      this.#connections.close(session, "server_error", undefined, "goodbye");
      return problemResponse(new DormouseError("unavailable", UNREADABLE, RETRY_LATER_MS));
    }
    const headers: HeadersInit = session.mode === "v1" ? { "sec-websocket-protocol": SUBPROTOCOL } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Where a session is to begin. What it is owed from the log is paid for like any other read; why it is refused comes back. */
  #positionFor(admission: Admission, now: number): StartPosition | DormouseError {
    const { cursor, history, grant, rateKey } = admission;
    try {
      const position = startPositionOf(this.#log, cursor, history, this.#settings.resumeMessages);
      const isFree = !grant.can.includes("read") || grant.can.includes("admin");
      const owed = isFree ? 0 : this.#log.bytesAfter(position.from);
      return this.#rateLimiters.reads.chargeReplay(rateKey, owed, now) ?? position;
    } catch (error) {
      console.error("A session could not begin:", error);
      return new DormouseError("unavailable", UNREADABLE, RETRY_LATER_MS);
    }
  }

  /** Welcome, what the session is owed, and going live: one turn, so that nothing falls between. */
  #begin(session: Session, position: StartPosition): void {
    this.#presence.onJoin(session);
    if (!this.#log.isStored) session.epoch = this.#log.epoch;
    if (session.mode === "v1") {
      this.#connections.send(session, welcome(session, position, this.#settings, this.#log, this.#presence));
    }
    if (session.can.has("read")) this.#replay.begin(session, position.from);
    this.#expiry.onJoin(session);
    this.#sweep.onJoin(session);
    this.#alarm.scheduleEarlier();
    this.#presence.announce();
  }

  /** Closes a member's sockets, ends its grace, and keeps it out for so many seconds; 0 seconds end a ban. */
  kick(member: string, banSeconds?: number): { kicked: number; wasHere: boolean } {
    const now = Date.now();
    const wasBanned = banSeconds === 0 && this.#bans.lift(member, now);
    const wasHere = wasBanned || this.#presence.entry(member) !== undefined;
    if (banSeconds !== undefined && banSeconds > 0) this.#bans.add(member, now + banSeconds * 1000, now);
    const sessions = [...this.#connections.sessions()].filter((session) => session.member === member);
    for (const session of sessions) this.#connections.close(session, "kicked");
    this.#presence.endGrace(member);
    return { kicked: sessions.length, wasHere: wasHere || sessions.length > 0 };
  }

  /** Where the room stands, free of charge: for who is no caller. */
  info(): RoomInfo {
    return this.#calls.info();
  }

  look(reader: Reader): Outcome<RoomInfo> {
    return this.#calls.readInfo(reader);
  }

  messages(query: PageQuery): Outcome<PageAnswer> {
    return this.#calls.messages(query);
  }

  publish(post: Post): Promise<Outcome<Published>> {
    return this.#calls.publish(post);
  }

  signal(signal: PostedSignal): Outcome<null> {
    return this.#calls.signal(signal);
  }

  members(reader: Reader): Outcome<string> {
    return this.#calls.members(reader);
  }

  erase(): Erased {
    return this.#calls.erase();
  }

  override alarm(): void {
    this.#alarm.run();
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const session = this.#connections.sessionOf(socket);
    if (session === undefined) return;
    try {
      this.#dispatcher.receive(session, frame);
    } catch (error) {
      console.error("A frame could not be handled:", error);
      this.#connections.close(session, "server_error");
    }
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#connections.disconnected(socket, isGoodbye(code) ? "goodbye" : "dropped");
    answerClose(socket, code, reason);
  }

  override webSocketError(socket: WebSocket): void {
    this.#connections.disconnected(socket, "dropped");
  }
}

/** The epoch that sessions were told while the log was in memory only. */
function epochHeldBy(connections: ConnectionManager): string | undefined {
  for (const { epoch } of connections.sessions()) if (epoch !== undefined) return epoch;
  return undefined;
}
