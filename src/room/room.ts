import { DurableObject } from "cloudflare:workers";
import { type Admission, admissionOf } from "../access/grant.ts";
import type { Post } from "../access/post.ts";
import type { Reader } from "../access/reader.ts";
import { Audience } from "../audience/audience.ts";
import { answerClose, isGoodbye } from "../audience/close.ts";
import { Presence } from "../audience/presence.ts";
import type { Session } from "../audience/session.ts";
import { type Settings, settingsOf } from "../config.ts";
import { Bans } from "../log/bans.ts";
import { Debts } from "../log/debts.ts";
import { RoomLog } from "../log/log.ts";
import type { Erased, Published } from "../protocol/api.ts";
import { DormouseError, problemResponse, RETRY_LATER_MS } from "../protocol/codes.ts";
import type { RoomInfo } from "../protocol/down.ts";
import { PING, PONG, SUBPROTOCOL } from "../protocol/limits.ts";
import type { Outcome } from "../protocol/outcome.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { Agenda } from "./agenda.ts";
import { Backpressure } from "./backpressure.ts";
import { Calls, type PageAnswer, type PageQuery, type PostedSignal } from "./calls.ts";
import { CatchUp } from "./catchup.ts";
import { Expiry } from "./expiry.ts";
import { Flush, flushWindow } from "./flush.ts";
import { Intake } from "./intake.ts";
import { isolate } from "./isolate.ts";
import { Paces } from "./paces.ts";
import { type Position, positionOf } from "./position.ts";
import { Release } from "./release.ts";
import { Renewal } from "./renewal.ts";
import { Showing } from "./showing.ts";
import { Signals } from "./signals.ts";
import { Sweep } from "./sweep.ts";
import { webhooksOf } from "./webhooks.ts";
import { welcome } from "./welcome.ts";

const UNREADABLE = "The room cannot be read.";

/**
 * One room: its sockets, its log, and what passes between them. A shell: each handler finds the session and hands on.
 * Handlers are synchronous, since the platform keeps their order only up to the first `await`.
 */
export class Room extends DurableObject<Env> {
  readonly #settings: Settings;
  readonly #audience: Audience;
  readonly #log: RoomLog;
  readonly #bans: Bans;
  readonly #intake: Intake;
  readonly #catchUp: CatchUp;
  readonly #expiry: Expiry;
  readonly #agenda: Agenda;
  readonly #paces: Paces;
  readonly #presence: Presence;
  readonly #sweep: Sweep;
  readonly #calls: Calls;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const settings = settingsOf(env);
    const bans = new Bans(ctx.storage.sql);
    const debts = new Debts(ctx.storage.sql);
    const audience: Audience = new Audience(ctx, settings.ackBytes, (session, end) => {
      // A debt that cannot be stored must not leave its debtor in the list of members.
      isolate("Keeping what a session owes", () => paces.leave(session, Date.now()));
      isolate("Taking a session off the list of members", () => presence.leave(session, end));
      if (audience.size === 0 && log.isEmpty) agenda.consider();
    });
    const { historyMessages: messages, historyBytes: bytes, historyDays: days } = settings;
    const retention = { messages, bytes, days, dedupe: settings.dedupeMessages };
    const log: RoomLog = new RoomLog(ctx.storage, retention, `${ctx.id}`, () => epochHeldBy(audience));
    const paces = new Paces(settings, debts, log);
    const presence = new Presence(audience, settings.membersListed, settings.leaveGraceMs, (member) =>
      webhooks?.moved(member),
    );
    const signals = new Signals(audience, () => flushWindow(audience));
    const showing = new Showing(settings, audience, presence, signals);
    const backpressure = new Backpressure(audience);
    const catchUp = new CatchUp(log, audience, backpressure);
    const rescheduled = () => agenda.consider();
    const acknowledgements = new Acknowledgements({
      log,
      audience,
      presence,
      backpressure,
      catchUp,
      rescheduled,
    });
    const expiry = new Expiry(audience);
    const trim = {
      due: () => log.trimDue(webhooks?.told),
      run: (now: number) => log.trim(now, webhooks?.told),
    };
    const pingedAt = (socket: WebSocket) => ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    const sweep = new Sweep(audience, pingedAt, settings.heartbeatSeconds);
    const webhooks = webhooksOf(settings, ctx, log, presence, () => agenda);
    const release = new Release({ storage: ctx.storage, audience, log, bans, debts, webhooks });
    const tasks = { trim, catchUp, backpressure, expiry, sweep, webhooks, release };
    const agenda: Agenda = new Agenda(ctx.storage, tasks);
    const flush = new Flush(log, audience, (slow) => {
      for (const session of slow) catchUp.fallBehind(session);
      acknowledgements.closeUnproved();
      agenda.consider();
    });
    const renewal = new Renewal(settings, audience, (session) => {
      expiry.watch(session);
      agenda.consider();
      presence.changed(session);
    });
    this.#settings = settings;
    this.#audience = audience;
    this.#log = log;
    this.#bans = bans;
    this.#intake = new Intake({
      settings,
      audience,
      log,
      flush,
      paces,
      expiry,
      renewal,
      showing,
      acknowledgements,
    });
    this.#catchUp = catchUp;
    this.#expiry = expiry;
    this.#agenda = agenda;
    this.#paces = paces;
    this.#presence = presence;
    this.#sweep = sweep;
    const erased = (last: number) => {
      audience.positions.reset();
      isolate("Restarting the webhooks", () => webhooks?.erased(last));
      agenda.consider();
    };
    this.#calls = new Calls({ audience, log, flush, paces, bans, presence, signals, erased });
    // What a session was owed when the object went out of memory in the middle of a replay.
    isolate("Resuming replays", () => catchUp.run());
    isolate("Restoring the list of members", () => presence.restore());
    isolate("Restoring the webhooks", () => webhooks?.restore());
  }

  /** An upgrade that the Worker let in. */
  override fetch(request: Request): Response {
    const admission = admissionOf(request);
    const now = Date.now();
    const banned = this.#bans.until(admission.grant.member, now);
    if (banned !== undefined) {
      return problemResponse(new DormouseError("banned", "You are banned from this room.", banned - now));
    }
    const barred = this.#paces.barred(admission.debtor, now);
    if (barred > 0) {
      const why = "You were closed for sending too fast, and may come back after a while.";
      return problemResponse(new DormouseError("rate_limited", why, barred));
    }
    if (this.#audience.size >= this.#settings.roomSockets) {
      const full = `This room has ${this.#settings.roomSockets} open sockets, which is as many as it may have.`;
      return problemResponse(new DormouseError("room_full", full, RETRY_LATER_MS));
    }
    const position = this.#positionFor(admission, now);
    if (position instanceof DormouseError) return problemResponse(position);
    const { 0: client, 1: server } = new WebSocketPair();
    const session = this.#audience.admit(server, admission);
    this.#paces.enter(session, now);
    try {
      this.#begin(session, position);
    } catch (error) {
      console.error("A session could not begin:", error);
      this.#audience.dismiss(session, "server_error", undefined, "goodbye");
      return problemResponse(new DormouseError("unavailable", UNREADABLE, RETRY_LATER_MS));
    }
    const headers: HeadersInit = session.mode === "v1" ? { "sec-websocket-protocol": SUBPROTOCOL } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** Where a session is to begin. What it is owed from the log is paid for like any other read; why it is refused comes back. */
  #positionFor(admission: Admission, now: number): Position | DormouseError {
    const { cursor, history, grant, debtor } = admission;
    try {
      const position = positionOf(this.#log, cursor, history, this.#settings.resumeMessages);
      const isFree = !grant.can.includes("read") || grant.can.includes("admin");
      const owed = isFree ? 0 : this.#log.bytesAfter(position.from);
      return this.#paces.reads.replay(debtor, owed, now) ?? position;
    } catch (error) {
      console.error("A session could not begin:", error);
      return new DormouseError("unavailable", UNREADABLE, RETRY_LATER_MS);
    }
  }

  /** Welcome, what the session is owed, and going live: one turn, so that nothing falls between. */
  #begin(session: Session, position: Position): void {
    this.#presence.enter(session);
    if (!this.#log.isStored) session.epoch = this.#log.epoch;
    if (session.mode === "v1") {
      this.#audience.send(session, welcome(session, position, this.#settings, this.#log, this.#presence));
    }
    if (session.can.has("read")) this.#catchUp.begin(session, position.from);
    this.#expiry.watch(session);
    this.#sweep.watch(session);
    this.#agenda.consider();
    this.#presence.announce();
  }

  /** Closes a member's sockets, ends its grace, and keeps it out for so many seconds; 0 seconds end a ban. */
  kick(member: string, banSeconds?: number): { kicked: number; wasHere: boolean } {
    const now = Date.now();
    const wasBanned = banSeconds === 0 && this.#bans.lift(member, now);
    const wasHere = wasBanned || this.#presence.entry(member) !== undefined;
    if (banSeconds !== undefined && banSeconds > 0) this.#bans.add(member, now + banSeconds * 1000, now);
    const sessions = [...this.#audience.sessions()].filter((session) => session.member === member);
    for (const session of sessions) this.#audience.dismiss(session, "kicked");
    this.#presence.expel(member);
    return { kicked: sessions.length, wasHere: wasHere || sessions.length > 0 };
  }

  /** Where the room stands, free of charge: for who is no caller. */
  info(): RoomInfo {
    return this.#calls.info();
  }

  look(reader: Reader): Outcome<RoomInfo> {
    return this.#calls.look(reader);
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
    this.#agenda.run();
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const session = this.#audience.sessionOf(socket);
    if (session === undefined) return;
    try {
      this.#intake.receive(session, frame);
    } catch (error) {
      console.error("A frame could not be handled:", error);
      this.#audience.dismiss(session, "server_error");
    }
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#audience.gone(socket, isGoodbye(code) ? "goodbye" : "dropped");
    answerClose(socket, code, reason);
  }

  override webSocketError(socket: WebSocket): void {
    this.#audience.gone(socket, "dropped");
  }
}

/** The epoch that sessions were told while the log was in memory only. */
function epochHeldBy(audience: Audience): string | undefined {
  for (const { epoch } of audience.sessions()) if (epoch !== undefined) return epoch;
  return undefined;
}
