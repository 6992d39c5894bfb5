import type { Erased, Published } from "../protocol/api.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { RoomInfo } from "../protocol/down.ts";
import { type Outcome, refused } from "../rpc/outcome.ts";
import type { PageAnswer, PageQuery, Post, PostedSignal, Reader } from "../rpc/room-calls.ts";
import type { Bans } from "./limits/bans.ts";
import type { RateLimiters } from "./limits/rate-limiters.ts";
import type { RoomLog } from "./log/log.ts";
import type { Presence } from "./presence/presence.ts";
import type { Flush } from "./publish/flush.ts";
import { type PendingMessage, pendingText } from "./publish/pending-message.ts";
import { PendingPost } from "./publish/pending-post.ts";
import type { ConnectionManager } from "./sessions/connection-manager.ts";
import { type SignalQueue, TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_MS } from "./signals/signal-queue.ts";

type Parts = {
  connections: ConnectionManager;
  log: RoomLog;
  flush: Flush;
  rateLimiters: RateLimiters;
  bans: Bans;
  presence: Presence;
  signals: SignalQueue;
  /** Is called once the log is empty. */
  erased: (last: number) => void;
};

/** What a room does for those who call over HTTP. Who may call has been settled; that they are not banned, only the room knows. */
export class RpcCalls {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where a page begins and ends, and so its tag, is known before anything of it is read. */
  messages({ before, after, limit, epoch, tags, isHead, ...reader }: PageQuery): Outcome<PageAnswer> {
    const now = Date.now();
    const refusal = this.#refusedReader(reader, now);
    if (refusal !== undefined) return refused(refusal);
    const { log, rateLimiters } = this.#parts;
    const isSame = epoch === undefined || epoch === log.epoch || (after === 0 && log.isContinuedBy(epoch));
    if (!isSame) {
      const why = "The room was erased since the page with this epoch. Start again without an epoch.";
      return refused(new DormouseError("epoch_changed", why));
    }
    const { bytes, ...span } =
      after === undefined ? log.spanBefore(before ?? log.last + 1, limit) : log.spanAfter(after, limit);
    const tag = `"${log.epoch}.${span.first}-${span.last}${span.more ? "+" : ""}"`;
    const page = { ...span, epoch: log.epoch, tag, isKnown: tags.includes("*") || tags.includes(tag) };
    if (page.isKnown || isHead) return { value: page };
    rateLimiters.reads.chargeAnswer(reader.rateKey, bytes, now);
    return { value: { ...page, messages: log.textOf({ bytes, ...span }) } };
  }

  /** All of the messages, or none; resolves once they are stored. */
  publish(post: Post): Promise<Outcome<Published>> {
    const { flush, log } = this.#parts;
    const refusal = this.#refusal(post, Date.now());
    if (refusal !== undefined) return Promise.resolve(refused(refusal));
    const ids = post.messages.map(({ id }) => id);
    const poster = new PendingPost(post, ids, () => log.epoch);
    flush.add(...post.messages.map((message) => pendingOf(poster, message)));
    return poster.done;
  }

  signal({ member, json, rateKey, ...rest }: PostedSignal): Outcome<null> {
    const { rateLimiters, signals } = this.#parts;
    const now = Date.now();
    const banned = this.#banned(member, now);
    if (banned !== undefined) return refused(banned);
    const wait = rateKey === undefined ? 0 : rateLimiters.signals.takeForCall(rateKey, [json.length], now);
    if (wait > 0) return refused(new DormouseError("rate_limited", rateLimiters.signals.description, wait));
    if (signals.add({ ...rest, from: member, data: JSON.parse(json) }, json.length)) return { value: null };
    return refused(new DormouseError("rate_limited", TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_MS));
  }

  /** Where the room stands. */
  readInfo(reader: Reader): Outcome<RoomInfo> {
    const refusal = this.#refusedReader(reader, Date.now());
    return refusal === undefined ? { value: this.info() } : refused(refusal);
  }

  info(): RoomInfo {
    const { log, presence } = this.#parts;
    const { epoch, last, floor } = log;
    return { epoch, seq: last, floor, count: presence.count };
  }

  /** As JSON. Nobody who is here is told anything else for that somebody asked. */
  members(reader: Reader): Outcome<string> {
    const now = Date.now();
    const refusal = this.#refusedReader(reader, now);
    if (refusal !== undefined) return refused(refusal);
    const { rateLimiters, presence } = this.#parts;
    const members = JSON.stringify({ members: presence.snapshot(), count: presence.count });
    rateLimiters.reads.chargeAnswer(reader.rateKey, members.length, now);
    return { value: members };
  }

  /**
   * Removes all messages for good and sends everybody away, to come back to an empty log. What was let in before is stored and
   * acknowledged first, and is removed with the rest. Bans stay.
   */
  erase(): Erased {
    const { connections, flush, log } = this.#parts;
    flush.now();
    const { last } = log;
    log.erase();
    this.#parts.erased(last);
    const sessions = [...connections.sessions()];
    for (const session of sessions) connections.close(session, "erased");
    return { epoch: log.epoch, closed: sessions.length };
  }

  #refusal({ member, rateKey, messages }: Post, now: number): DormouseError | undefined {
    const pace = this.#parts.rateLimiters.publishes;
    const banned = this.#banned(member, now);
    if (banned !== undefined) return banned;
    if (rateKey === undefined) return undefined;
    const count = messages.length;
    if (count > pace.burst) {
      const rule = `At most ${pace.burst} messages at once, by PUBLISH_BURST; this post has ${count}.`;
      return new DormouseError("too_big", rule);
    }
    const sizes = messages.map((message) => ("json" in message ? message.json.length : message.bytes.length));
    const wait = pace.takeForCall(rateKey, sizes, now);
    if (wait === 0) return undefined;
    return new DormouseError("rate_limited", pace.description, wait);
  }

  /** Who asks pays for the answer, whatever it is: also for being told of a ban. */
  #refusedReader({ member, rateKey }: Reader, now: number): DormouseError | undefined {
    return this.#parts.rateLimiters.reads.take(rateKey, now) ?? this.#banned(member, now);
  }

  #banned(member: string, now: number): DormouseError | undefined {
    const until = this.#parts.bans.until(member, now);
    if (until === undefined) return undefined;
    return new DormouseError("banned", "You are banned from this room.", until - now);
  }
}

function pendingOf(by: PendingPost, message: Post["messages"][number]): PendingMessage {
  const { id } = message;
  return "json" in message ? pendingText(by, id, message.json) : { by, id, bytes: message.bytes };
}
