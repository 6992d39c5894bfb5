import type { Post } from "../access/post.ts";
import type { Reader } from "../access/reader.ts";
import type { Audience } from "../audience/audience.ts";
import type { Presence } from "../audience/presence.ts";
import type { Bans } from "../log/bans.ts";
import type { RoomLog } from "../log/log.ts";
import type { Span } from "../log/pages.ts";
import type { Erased, Published } from "../protocol/api.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { RoomInfo } from "../protocol/down.ts";
import { type Outcome, refused } from "../protocol/outcome.ts";
import type { Flush } from "./flush.ts";
import type { Paces } from "./paces.ts";
import { jsonPending, type Pending } from "./pending.ts";
import { Poster } from "./poster.ts";
import { type NewSignal, type Signals, TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_MS } from "./signals.ts";

/**
 * Messages with a seq below `before`, or above `after`. `epoch`: of an earlier page. `tags`: of pages that the caller has, `*` for any.
 * `isHead`: the caller wants no messages, only what a page of them would be.
 */
export type PageQuery = Reader & {
  before?: number;
  after?: number;
  limit: number;
  epoch?: string;
  tags: readonly string[];
  isHead: boolean;
};

/** A page of the log of this epoch. `messages`: a JSON array; absent where the caller has the page, or did not want it. */
export type PageAnswer = Omit<Span, "bytes"> & {
  epoch: string;
  tag: string;
  isKnown: boolean;
  messages?: string;
};

/** A signal that has been let in over HTTP. */
export type PostedSignal = Omit<NewSignal, "from" | "data"> & {
  member: string;
  /** Its data as JSON text. */
  json: string;
  /** Whose bucket pays for it; absent where there is no limit. */
  debtor?: string;
};

type Parts = {
  audience: Audience;
  log: RoomLog;
  flush: Flush;
  paces: Paces;
  bans: Bans;
  presence: Presence;
  signals: Signals;
  /** Is called once the log is empty. */
  erased: (last: number) => void;
};

/** What a room does for those who call over HTTP. Who may call has been settled; that they are not banned, only the room knows. */
export class Calls {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where a page begins and ends, and so its tag, is known before anything of it is read. */
  messages({ before, after, limit, epoch, tags, isHead, ...reader }: PageQuery): Outcome<PageAnswer> {
    const now = Date.now();
    const refusal = this.#refusedReader(reader, now);
    if (refusal !== undefined) return refused(refusal);
    const { log, paces } = this.#parts;
    const isSame = epoch === undefined || epoch === log.epoch || (after === 0 && log.continues(epoch));
    if (!isSame) {
      const why = "The room was erased since the page with this epoch. Start again without an epoch.";
      return refused(new DormouseError("epoch_changed", why));
    }
    const { bytes, ...span } =
      after === undefined ? log.spanBefore(before ?? log.last + 1, limit) : log.spanAfter(after, limit);
    const tag = `"${log.epoch}.${span.first}-${span.last}${span.more ? "+" : ""}"`;
    const page = { ...span, epoch: log.epoch, tag, isKnown: tags.includes("*") || tags.includes(tag) };
    if (page.isKnown || isHead) return { value: page };
    paces.reads.answered(reader.debtor, bytes, now);
    return { value: { ...page, messages: log.textOf({ bytes, ...span }) } };
  }

  /** All of the messages, or none; resolves once they are stored. */
  publish(post: Post): Promise<Outcome<Published>> {
    const { flush, log } = this.#parts;
    const refusal = this.#refusal(post, Date.now());
    if (refusal !== undefined) return Promise.resolve(refused(refusal));
    const ids = post.messages.map(({ id }) => id);
    const poster = new Poster(post, ids, () => log.epoch);
    flush.add(...post.messages.map((message) => pendingOf(poster, message)));
    return poster.done;
  }

  signal({ member, json, debtor, ...rest }: PostedSignal): Outcome<null> {
    const { paces, signals } = this.#parts;
    const now = Date.now();
    const banned = this.#banned(member, now);
    if (banned !== undefined) return refused(banned);
    const wait = debtor === undefined ? 0 : paces.signal.visit(debtor, [json.length], now);
    if (wait > 0) return refused(new DormouseError("rate_limited", paces.signal.rule, wait));
    if (signals.add({ ...rest, from: member, data: JSON.parse(json) }, json.length)) return { value: null };
    return refused(new DormouseError("rate_limited", TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_MS));
  }

  /** Where the room stands. */
  look(reader: Reader): Outcome<RoomInfo> {
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
    const { paces, presence } = this.#parts;
    const members = JSON.stringify({ members: presence.shown(), count: presence.count });
    paces.reads.answered(reader.debtor, members.length, now);
    return { value: members };
  }

  /**
   * Removes all messages for good and sends everybody away, to come back to an empty log. What was let in before is stored and
   * acknowledged first, and is removed with the rest. Bans stay.
   */
  erase(): Erased {
    const { audience, flush, log } = this.#parts;
    flush.now();
    const { last } = log;
    log.erase();
    this.#parts.erased(last);
    const sessions = [...audience.sessions()];
    for (const session of sessions) audience.dismiss(session, "erased");
    return { epoch: log.epoch, closed: sessions.length };
  }

  #refusal({ member, debtor, messages }: Post, now: number): DormouseError | undefined {
    const pace = this.#parts.paces.publish;
    const banned = this.#banned(member, now);
    if (banned !== undefined) return banned;
    if (debtor === undefined) return undefined;
    const count = messages.length;
    if (count > pace.most) {
      const rule = `At most ${pace.most} messages at once, by PUBLISH_BURST; this post has ${count}.`;
      return new DormouseError("too_big", rule);
    }
    const sizes = messages.map((message) => ("json" in message ? message.json.length : message.bytes.length));
    const wait = pace.visit(debtor, sizes, now);
    if (wait === 0) return undefined;
    return new DormouseError("rate_limited", pace.rule, wait);
  }

  /** Who asks pays for the answer, whatever it is: also for being told of a ban. */
  #refusedReader({ member, debtor }: Reader, now: number): DormouseError | undefined {
    return this.#parts.paces.reads.visit(debtor, now) ?? this.#banned(member, now);
  }

  #banned(member: string, now: number): DormouseError | undefined {
    const until = this.#parts.bans.until(member, now);
    if (until === undefined) return undefined;
    return new DormouseError("banned", "You are banned from this room.", until - now);
  }
}

function pendingOf(by: Poster, message: Post["messages"][number]): Pending {
  const { id } = message;
  return "json" in message ? jsonPending(by, id, message.json) : { by, id, bytes: message.bytes };
}
