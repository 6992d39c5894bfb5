import { MALFORMED_FRAMES, REFUSED_FRAMES } from "../../protocol/limits.ts";
import { frameSize } from "../../protocol/text.ts";
import type { Up } from "../../protocol/up.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Acknowledgements } from "../delivery/acknowledgements.ts";
import type { Sender } from "../delivery/sender.ts";
import type { HookRunner } from "../hooks/hook-runner.ts";
import type { SessionRateLimiter } from "../limits/rate-limiter.ts";
import type { RateLimiters } from "../limits/rate-limiters.ts";
import type { RoomModules } from "../modules.ts";
import type { Publishing } from "../publish/publishing.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { TokenExpiry } from "../sessions/token-expiry.ts";
import { decodeBytes, decodeText, earlyId } from "./decode.ts";

/** UTF-16 code units of a frame around the data of its message. */
const ENVELOPE_CHARS = 4096;

/** A text frame up to this length is parsed before it is charged, because its type decides which limit it counts for. No signal is longer. */
const FREE_PARSE_CHARS = 32 * 1024;

/** Sessions save the time of their last frame twice in a heartbeat interval: milliseconds for each second of that interval. */
const NOTE_FRAME_MS = 500;

/** The types of events that count for the limit of signals. All others count for that of publishes. */
const EPHEMERAL: ReadonlySet<string> = new Set(["signal", "presence", "received"]);

type Parts = {
  settings: Settings;
  runner: HookRunner;
  connections: ConnectionManager;
  sender: Sender;
  rateLimiters: RateLimiters;
  acknowledgements: Acknowledgements;
  publishing: Publishing;
  tokenExpiry: TokenExpiry;
  modules: RoomModules;
};

/** Decodes the frames of sessions, charges them to their rate limits, and hands their events to the modules. */
export class Dispatcher {
  readonly #parts: Parts;
  /** Frames in a row that were not JSON. */
  readonly #malformedFrames = new WeakMap<Session, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  dispatch(session: Session, frame: string | ArrayBuffer): void {
    const { settings, runner, connections, acknowledgements, tokenExpiry } = this.#parts;
    const now = Date.now();
    if (!runner.isStarted) {
      connections.close(session, "server_error");
      return;
    }
    session.flow.receivedBytes += frameSize(frame);
    session.noteFrame(now, settings.heartbeatSeconds * NOTE_FRAME_MS);
    if (tokenExpiry.closeIfExpired(session, now)) return;
    if (session.mode === "plain") {
      acknowledgements.onPlainFrame(session);
      this.#dispatchPlain(session, frame, now);
    } else if (typeof frame === "string") this.#dispatchText(session, frame, now);
    else this.#dispatchBinary(session, frame, now);
  }

  #dispatchPlain(session: Session, frame: string | ArrayBuffer, now: number): void {
    const { connections, rateLimiters, publishing } = this.#parts;
    if (!session.can.has("publish")) {
      connections.close(session, "forbidden", "you may read here, but not publish");
      return;
    }
    if (this.#charge(session, rateLimiters.publishes, frameSize(frame), now, undefined))
      publishing.publishPlain(session, frame);
  }

  #dispatchText(session: Session, frame: string, now: number): void {
    const { settings, connections, sender, rateLimiters, acknowledgements, modules } = this.#parts;
    // To parse a long frame may take longer than all else that the room does in a second, so it is charged first.
    const isCharged = frame.length > FREE_PARSE_CHARS;
    if (isCharged && !this.#charge(session, rateLimiters.publishes, frame.length, now, earlyId(frame)))
      return;
    const decoded = decodeText(frame, Math.max(settings.messageBytes, FREE_PARSE_CHARS) + ENVELOPE_CHARS);
    if (decoded.ok) {
      this.#malformedFrames.delete(session);
      const { event } = decoded;
      const limiter = EPHEMERAL.has(event.type) ? rateLimiters.signals : rateLimiters.publishes;
      const isFree = isCharged || (event.type === "received" && acknowledgements.isExpected(session, event));
      if (isFree || this.#charge(session, limiter, frame.length, now, idOf(event)))
        modules.handle(session, event, now);
      return;
    }
    const malformed = decoded.code === "bad_json" ? (this.#malformedFrames.get(session) ?? 0) + 1 : 0;
    this.#malformedFrames.set(session, malformed);
    if (isCharged || this.#charge(session, rateLimiters.publishes, frame.length, now, decoded.id)) {
      sender.sendError(session, decoded.code, decoded.why, { id: decoded.id });
    }
    if (malformed >= MALFORMED_FRAMES) connections.close(session, "malformed");
  }

  #dispatchBinary(session: Session, frame: ArrayBuffer, now: number): void {
    const { sender, rateLimiters, publishing } = this.#parts;
    // The header is short, and the bytes are not parsed.
    const decoded = decodeBytes(frame);
    const id = decoded.ok ? decoded.event.id : decoded.id;
    if (!this.#charge(session, rateLimiters.publishes, frame.byteLength, now, id)) return;
    if (!decoded.ok) {
      sender.sendError(session, decoded.code, decoded.why, { id: decoded.id });
      return;
    }
    this.#malformedFrames.delete(session);
    publishing.publishBytes(session, decoded.event.id, decoded.event.bytes);
  }

  /** Charges a frame. Where the limit is exceeded, the session receives an error, and is closed where it goes on. */
  #charge(
    session: Session,
    limiter: SessionRateLimiter,
    size: number,
    now: number,
    id: string | undefined,
  ): boolean {
    const { connections, sender } = this.#parts;
    const retryAfter = limiter.take(session, size, now);
    if (retryAfter === 0) return true;
    const why = limiter.description;
    if (session.mode === "v1" && limiter.refusedFrames(session) < REFUSED_FRAMES) {
      sender.sendError(session, "rate_limited", why, { id, retryAfter });
      return false;
    }
    limiter.bar(session, now);
    connections.close(session, "rate_abused", session.mode === "plain" ? why : undefined);
    return false;
  }
}

function idOf(event: Up): string | undefined {
  return "id" in event ? event.id : undefined;
}
