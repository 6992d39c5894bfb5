import type { Erased, Published } from "../protocol/api.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { RoomInfo } from "../protocol/down.ts";
import { type Outcome, outcomeOf, refused } from "../rpc/outcome.ts";
import type {
  AuthorGrant,
  Kicked,
  MessageQuery,
  PageAnswer,
  PageQuery,
  Post,
  PostedMessage,
  PostedSignal,
  Reader,
  RoomCalls,
} from "../rpc/room-calls.ts";
import type { AlarmScheduler } from "./alarm/alarm-scheduler.ts";
import { type SignalQueue, TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_RETRY_MS } from "./ephemeral/signal-queue.ts";
import type { HookRunner } from "./hooks/hook-runner.ts";
import type { Author } from "./hooks/room-hooks.ts";
import type { SignalHook } from "./hooks/signal-hook.ts";
import type { Bans } from "./limits/bans.ts";
import type { RateLimiters } from "./limits/rate-limiters.ts";
import { fnv1a } from "./log/epoch.ts";
import type { RoomLog } from "./log/log.ts";
import type { RoomModules } from "./modules.ts";
import type { History } from "./operations/history.ts";
import type { Presence } from "./presence/presence.ts";
import type { Flush } from "./publish/flush.ts";
import { type PendingMessage, PendingOperation, PendingText } from "./publish/pending-message.ts";
import { PendingPost } from "./publish/pending-post.ts";
import type { ConnectionManager } from "./sessions/connection-manager.ts";
import type { RefusedAttempts } from "./sessions/refused-attempts.ts";

type Parts = {
  runner: HookRunner;
  connections: ConnectionManager;
  log: RoomLog;
  history: History;
  flush: Flush;
  rateLimiters: RateLimiters;
  bans: Bans;
  refusedAttempts: RefusedAttempts;
  presence: Presence;
  signals: SignalQueue;
  signalHook: SignalHook;
  alarm: AlarmScheduler;
  modules: RoomModules;
};

/** The calls of the HTTP API. The Worker has authorized the caller; the room checks bans and rate limits. */
export class RpcCalls implements RoomCalls {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The bounds of a page, and so its tag, are known before any message is read. */
  messages({ before, after, limit, epoch, tags, isHead, ...reader }: PageQuery): Outcome<PageAnswer> {
    const now = Date.now();
    const refusal = this.#refusalOfRead(reader, now);
    if (refusal !== undefined) return refused(refusal);
    const { log, history, rateLimiters } = this.#parts;
    const isSameLog = epoch === undefined || epoch === log.epoch || (after === 0 && log.isContinuedBy(epoch));
    if (!isSameLog) {
      const why = "The room was erased since the page with this epoch. Start again without an epoch.";
      return refused(new DormouseError("epoch_changed", why));
    }
    const { bytes, ...range } =
      after === undefined
        ? history.rangeBefore(before ?? log.last + 1, limit)
        : history.rangeAfter(after, limit);
    const version = history.versionOf({ bytes, ...range });
    // A page with operations says which reactions are the reader's own.
    const form = version > 0 ? `v${version}.${fnv1a(reader.member).toString(36)}` : "";
    const tag = `"${log.epoch}.${range.first}-${range.last}${range.more ? "+" : ""}${form}"`;
    const page = { ...range, epoch: log.epoch, tag, isKnown: tags.includes("*") || tags.includes(tag) };
    if (page.isKnown || isHead) return { value: page };
    rateLimiters.reads.chargeAnswer(reader.rateKey, bytes, now);
    return { value: { ...page, messages: history.pageJson({ bytes, ...range }, reader.member) } };
  }

  /** One message in its current form, as JSON. */
  message({ seq, ...reader }: MessageQuery): Outcome<string> {
    const now = Date.now();
    const refusal = this.#refusalOfRead(reader, now);
    if (refusal !== undefined) return refused(refusal);
    const message = this.#parts.history.message(seq, reader.member);
    if (message === undefined)
      return refused(new DormouseError("invalid_target", `The room has no message ${seq}.`));
    this.#parts.rateLimiters.reads.chargeAnswer(reader.rateKey, message.length, now);
    return { value: message };
  }

  /**
   * Publishes all of the messages or none. Resolves once they are stored.
   * @param onStored is called for each message that is stored, in the turn that stores it
   */
  publish(post: Post, onStored?: (seq: number) => void): Promise<Outcome<Published>> {
    const { flush, log } = this.#parts;
    const refusal = this.#refusalOfPost(post, Date.now());
    if (refusal !== undefined) return Promise.resolve(refused(refusal));
    const ids = post.messages.map(({ id }) => id);
    const author = authorOf(post, post.author);
    const pending = new PendingPost({ ...post, author }, ids, () => log.epoch, onStored);
    flush.add(...post.messages.map((message) => pendingMessageOf(pending, message)));
    return pending.done;
  }

  signal({ member, name, author, json, rateKey, ...rest }: PostedSignal): Outcome<null> {
    const { rateLimiters, signals } = this.#parts;
    const now = Date.now();
    const refusal = this.#refusalOf(member, now);
    if (refusal !== undefined) return refused(refusal);
    const { signalHook } = this.#parts;
    const limiter = rateLimiters.signals;
    const wait = rateKey === undefined ? 0 : limiter.takeForCall(rateKey, [json.length], now);
    if (wait > 0) return refused(new DormouseError("rate_limited", limiter.description, wait));
    const allowed = outcomeOf(() =>
      signalHook.apply(
        { ...rest, from: member, data: JSON.parse(json) },
        json.length,
        authorOf({ member, name }, author),
      ),
    );
    if ("refusal" in allowed) return allowed;
    if (signals.add(allowed.value.signal, allowed.value.chars)) return { value: null };
    return refused(new DormouseError("rate_limited", TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_RETRY_MS));
  }

  readInfo(reader: Reader, attempt?: string): Outcome<RoomInfo> {
    const now = Date.now();
    const { refusedAttempts, rateLimiters } = this.#parts;
    const { member, rateKey } = reader;
    const refusal =
      rateLimiters.reads.take(rateKey, now) ??
      refusedAttempts.refusalOf(member, attempt, now) ??
      this.#refusalOf(member, now);
    return refusal === undefined ? { value: this.info() } : refused(refusal);
  }

  info(): RoomInfo {
    const { log, presence } = this.#parts;
    const { epoch, last, floor } = log;
    return { epoch, seq: last, floor, count: presence.count };
  }

  /** The member list as JSON. Reading it changes nothing for those who are here. */
  members(reader: Reader): Outcome<string> {
    const now = Date.now();
    const refusal = this.#refusalOfRead(reader, now);
    if (refusal !== undefined) return refused(refusal);
    const { rateLimiters, presence } = this.#parts;
    const members = JSON.stringify({ members: presence.snapshot(), count: presence.count });
    rateLimiters.reads.chargeAnswer(reader.rateKey, members.length, now);
    return { value: members };
  }

  /** Closes a member's sessions, ends its grace, and bans it for so many seconds; 0 seconds end a ban. */
  kick(member: string, banSeconds?: number): Kicked {
    const { bans, connections, presence } = this.#parts;
    const now = Date.now();
    const wasBanned = banSeconds === 0 && bans.lift(member, now);
    const wasHere = wasBanned || presence.entry(member) !== undefined;
    if (banSeconds !== undefined && banSeconds > 0) bans.add(member, now + banSeconds * 1000, now);
    const sessions = [...connections.sessions()].filter((session) => session.member === member);
    for (const session of sessions) connections.close(session, "kicked");
    presence.endGrace(member);
    return { kicked: sessions.length, wasHere: wasHere || sessions.length > 0 };
  }

  /**
   * Removes all messages for good and closes all sessions, which reconnect to an empty log. Messages that were accepted before are stored
   * and acknowledged first, and then removed with the rest. Bans stay.
   */
  erase(): Erased {
    const { connections, flush, log, alarm, modules } = this.#parts;
    flush.flushNow();
    const { last } = log;
    log.erase();
    modules.onErase(last);
    alarm.scheduleEarlier();
    const sessions = [...connections.sessions()];
    for (const session of sessions) connections.close(session, "erased");
    return { epoch: log.epoch, closed: sessions.length };
  }

  #refusalOfPost({ member, rateKey, messages }: Post, now: number): DormouseError | undefined {
    const refusal = this.#refusalOf(member, now);
    if (refusal !== undefined) return refusal;
    const { rateLimiters } = this.#parts;
    if (rateKey === undefined) return undefined;
    const limiter = rateLimiters.publishes;
    const count = messages.length;
    if (count > limiter.burst) {
      const why = `At most ${limiter.burst} messages at once, by PUBLISH_BURST; this post has ${count}.`;
      return new DormouseError("too_big", why);
    }
    const sizes = messages.map((message) =>
      "bytes" in message ? message.bytes.length : (message.json?.length ?? 0),
    );
    const wait = limiter.takeForCall(rateKey, sizes, now);
    return wait === 0 ? undefined : new DormouseError("rate_limited", limiter.description, wait);
  }

  /** A read is charged whatever its answer is, also where that is a ban. */
  #refusalOfRead({ member, rateKey }: Reader, now: number): DormouseError | undefined {
    return this.#parts.rateLimiters.reads.take(rateKey, now) ?? this.#refusalOf(member, now);
  }

  #refusalOf(member: string, now: number): DormouseError | undefined {
    const { bans, runner } = this.#parts;
    return bans.refusalOf(member, now) ?? runner.checkStarted();
  }
}

function pendingMessageOf(by: PendingPost, message: PostedMessage): PendingMessage {
  const { id } = message;
  if ("operation" in message) return new PendingOperation(by, id, message.operation, message.json);
  if ("bytes" in message) return { by, id, bytes: message.bytes };
  const { json, isStream = false } = message;
  return new PendingText(by, id, json, { isStream });
}

/** The author of a call, as hooks see it. */
function authorOf(
  { member, name }: { member: string; name: string },
  { can, claims = {} }: AuthorGrant,
): Author {
  return { member, name, claims, can: (capability) => can.includes(capability) || can.includes("admin") };
}
