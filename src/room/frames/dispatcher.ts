import { isDeeper } from "../../protocol/json.ts";
import { DATA_DEPTH, MALFORMED_FRAMES, REFUSED_FRAMES } from "../../protocol/limits.ts";
import { fitsUtf8, frameSize } from "../../protocol/text.ts";
import type { Up } from "../../protocol/up.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Acknowledgements } from "../flow/acknowledgements.ts";
import type { SessionRateLimiter } from "../limits/rate-limiter.ts";
import type { RateLimiters } from "../limits/rate-limiters.ts";
import type { RoomLog } from "../log/log.ts";
import type { Flush } from "../publish/flush.ts";
import { pendingText } from "../publish/pending-message.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { TokenExpiry } from "../sessions/token-expiry.ts";
import type { TokenRenewal } from "../sessions/token-renewal.ts";
import { decodeBytes, decodeText, earlyId } from "./decode.ts";
import type { EphemeralEvents } from "./ephemeral-events.ts";

/** What stands around the data of a message. */
const ENVELOPE_CHARS = 4096;

/** A text frame up to this long is read before it is paid for, since what it is says from which bucket: more than any signal. */
const FREELY_READ_CHARS = 32 * 1024;

/** When a session that has not read what it was sent may ask for more: milliseconds. */
const UNREAD_RETRY_MS = 1000;

/** For each second of the heartbeat: it is noted every half of one that a session was heard. */
const NOTED_MS = 500;

/** What is never stored; the rest goes by the measure of what is. */
const PASSING: ReadonlySet<string> = new Set(["signal", "presence", "received"]);

type Parts = {
  settings: Settings;
  connections: ConnectionManager;
  log: RoomLog;
  flush: Flush;
  rateLimiters: RateLimiters;
  showing: EphemeralEvents;
  expiry: TokenExpiry;
  renewal: TokenRenewal;
  acknowledgements: Acknowledgements;
};

/** Frame in, event out, one switch. Whatever is wrong with a frame is answered to its sender and goes no further. */
export class Dispatcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  receive(session: Session, frame: string | ArrayBuffer): void {
    const now = Date.now();
    session.flow.receivedBytes += frameSize(frame);
    session.noteFrame(now, this.#parts.settings.heartbeatSeconds * NOTED_MS);
    if (this.#parts.expiry.closeIfExpired(session, now)) return;
    if (session.mode === "plain") {
      this.#parts.acknowledgements.onSignOfLife(session);
      this.#plain(session, frame, now);
    } else if (typeof frame === "string") this.#text(session, frame, now);
    else this.#binary(session, frame, now);
  }

  #text(session: Session, frame: string, now: number): void {
    const { connections, rateLimiters, settings } = this.#parts;
    // To read a long frame may take longer than all that the room does in a second: it is paid for first.
    const isPaid = frame.length > FREELY_READ_CHARS;
    if (isPaid && !this.#inTime(session, rateLimiters.publishes, frame.length, now, earlyId(frame))) return;
    const most = Math.max(settings.messageBytes, FREELY_READ_CHARS) + ENVELOPE_CHARS;
    const decoded = decodeText(frame, most);
    if (decoded.ok) {
      session.malformedFrames = 0;
      const { event } = decoded;
      const pace = PASSING.has(event.type) ? rateLimiters.signals : rateLimiters.publishes;
      const isFree =
        isPaid || (event.type === "received" && this.#parts.acknowledgements.isExpected(session, event));
      if (isFree || this.#inTime(session, pace, frame.length, now, idOf(event)))
        this.#act(session, event, now);
      return;
    }
    session.malformedFrames = decoded.code === "bad_json" ? session.malformedFrames + 1 : 0;
    if (isPaid || this.#inTime(session, rateLimiters.publishes, frame.length, now, decoded.id)) {
      connections.sendError(session, decoded.code, decoded.why, { id: decoded.id });
    }
    if (session.malformedFrames >= MALFORMED_FRAMES) connections.close(session, "malformed");
  }

  #binary(session: Session, frame: ArrayBuffer, now: number): void {
    // Its header is short, and its bytes are not looked into.
    const decoded = decodeBytes(frame);
    const { rateLimiters } = this.#parts;
    const id = decoded.ok ? decoded.event.id : decoded.id;
    if (!this.#inTime(session, rateLimiters.publishes, frame.byteLength, now, id)) return;
    if (!decoded.ok) {
      this.#parts.connections.sendError(session, decoded.code, decoded.why, { id: decoded.id });
      return;
    }
    session.malformedFrames = 0;
    const { event } = decoded;
    if (this.#may(session, "publish", event.id) && this.#fits(session, event.id, event.bytes.length))
      this.#parts.flush.add({ by: session, ...event });
  }

  /** Whether the session may send this now; if not, it is told when, and closed if it does not listen. */
  #inTime(
    session: Session,
    pace: SessionRateLimiter,
    size: number,
    now: number,
    id: string | undefined,
  ): boolean {
    const { connections } = this.#parts;
    const retryAfter = pace.take(session, size, now);
    if (retryAfter === 0) return true;
    const why = pace.description;
    if (session.mode === "v1" && session.rateLimitedFrames < REFUSED_FRAMES) {
      connections.sendError(session, "rate_limited", why, { id, retryAfter });
      return false;
    }
    pace.bar(session, now);
    connections.close(session, "rate_abused", session.mode === "plain" ? why : undefined);
    return false;
  }

  #act(session: Session, event: Up, now: number): void {
    switch (event.type) {
      case "publish":
        this.#publish(session, event.id, event.data);
        break;
      case "history":
        if (this.#may(session, "read", event.id)) this.#history(session, event, now);
        break;
      case "received":
        this.#parts.acknowledgements.onReceived(session, event);
        break;
      case "auth":
        this.#parts.renewal.renew(session, event.token);
        break;
      case "signal":
        this.#parts.showing.signal(session, event);
        break;
      case "presence":
        this.#parts.showing.show(session, event);
        break;
    }
  }

  #publish(session: Session, id: string, data: unknown): void {
    if (!this.#may(session, "publish", id)) return;
    if (isDeeper(data, DATA_DEPTH)) {
      const why = `The data of a message is nested at most ${DATA_DEPTH} levels deep.`;
      this.#parts.connections.sendError(session, "invalid_event", why, { id });
    } else this.#add(session, id, data);
  }

  /** A plain socket hears of a mistake by its close, with a reason that a person can read. */
  #plain(session: Session, frame: string | ArrayBuffer, now: number): void {
    if (!session.can.has("publish")) {
      this.#parts.connections.close(session, "forbidden", "you may read here, but not publish");
      return;
    }
    const size = typeof frame === "string" ? frame.length : frame.byteLength;
    if (!this.#inTime(session, this.#parts.rateLimiters.publishes, size, now, undefined)) return;
    const id = crypto.randomUUID();
    // UTF-8 has a byte for each character, or more.
    if (!this.#fits(session, id, size)) return;
    if (typeof frame === "string") this.#add(session, id, frame);
    else this.#parts.flush.add({ by: session, id, bytes: new Uint8Array(frame) });
  }

  /** Text is encoded once, to be measured and to be stored. */
  #add(session: Session, id: string, data: unknown): void {
    const json = JSON.stringify(data);
    // A string's own quotes are not counted.
    const quotes = typeof data === "string" ? 2 : 0;
    const { messageBytes } = this.#parts.settings;
    if (fitsUtf8(json, messageBytes + quotes)) this.#parts.flush.add(pendingText(session, id, json, data));
    else this.#fits(session, id, messageBytes + 1);
  }

  /** Whether a message may have so many bytes; if not, its sender is told. */
  #fits(session: Session, id: string, bytes: number): boolean {
    if (bytes <= this.#parts.settings.messageBytes) return true;
    const why = `A message has at most ${this.#parts.settings.messageBytes} bytes.`;
    if (session.mode === "plain") this.#parts.connections.close(session, "too_big", why);
    else this.#parts.connections.sendError(session, "too_big", why, { id });
    return false;
  }

  #history(session: Session, { id, before, limit }: Extract<Up, { type: "history" }>, now: number): void {
    const { connections, log, rateLimiters } = this.#parts;
    this.#parts.acknowledgements.onPageRead(session, before);
    if (!connections.canAnswer(session)) {
      const why = "You have not acknowledged what you were sent: ask for more when you have.";
      connections.sendError(session, "rate_limited", why, { id, retryAfter: UNREAD_RETRY_MS });
      return;
    }
    const page = log.rangeBefore(before ?? log.last + 1, limit);
    const head = `{"type":"history","id":${JSON.stringify(id)},"messages":`;
    const size = connections.sendText(session, `${head}${log.pageJson(page)},"more":${page.more}}`);
    session.flow.unreadAnswers += size;
    session.lastPage = { first: page.first, size };
    rateLimiters.publishes.chargePage(session, size, now);
  }

  #may(session: Session, what: "read" | "publish", id: string): boolean {
    if (session.can.has(what)) return true;
    this.#parts.connections.sendError(session, "forbidden", `You may not ${what} in this room.`, { id });
    return false;
  }
}

function idOf(event: Up): string | undefined {
  return "id" in event ? event.id : undefined;
}
