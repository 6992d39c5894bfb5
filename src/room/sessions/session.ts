import * as v from "valibot";
import { type Grant, grantSchema } from "../../auth/grant.ts";
import type { Capability } from "../../protocol/down.ts";
import { type Admission, modeSchema } from "../../rpc/admission.ts";
import { Flow, type FlowState } from "../flow/flow.ts";
import type { BucketLevel } from "../limits/token-bucket.ts";

/** What survives hibernation with a socket. `v` tells later versions which one made it. */
const attachmentSchema = v.object({
  v: v.literal(3),
  id: v.string(),
  grant: grantSchema,
  room: v.string(),
  rateKey: v.string(),
  mode: modeSchema,
  /** Whether the session has been told that its token ends soon. */
  warned: v.optional(v.boolean()),
  /** What its bucket held when that was last written down. */
  level: v.optional(v.object({ tokens: v.number(), at: v.number() })),
  /** When it began, and when it was last given its name: milliseconds; 0 where it never was. */
  begun: v.optional(v.number(), 0),
  named: v.optional(v.number(), 0),
  /** When it was last noted that a frame came. */
  heard: v.optional(v.number()),
  /** Its public state as JSON, and since when. */
  shown: v.optional(v.object({ state: v.string(), at: v.number() })),
  /** What others have not been told of it yet. */
  news: v.optional(v.picklist(["joined", "updated"])),
  /** Members who left, of whom others may not have been told yet. */
  farewells: v.optional(v.array(v.string())),
  /** What its bucket for signals held when that was last written down. */
  signalLevel: v.optional(v.object({ tokens: v.number(), at: v.number() })),
  /** The epoch that it was told of a log in which no message was stored yet: the first one is stored under it. */
  epoch: v.optional(v.string()),
  /** While the session is catching up: the last seq that it was sent. */
  behind: v.optional(v.number()),
  /** Whether it has missed a change of the list of members. */
  missed: v.optional(v.boolean()),
  /**
   * While the session is sent nothing, for it has not read what it was sent. `since`: when that began, or when it last read some
   * of it, milliseconds. `acked`: the seq up to which it has read. `until`: it goes on at this seq at the latest.
   */
  backpressure: v.optional(v.object({ since: v.number(), acked: v.number(), until: v.number() })),
  /** Whether the client returns marks. */
  marks: v.optional(v.boolean(), false),
  /** What it has not read. */
  flow: v.object({
    ackBytes: v.number(),
    minWindow: v.number(),
    maxWindow: v.optional(v.number()),
    unread: v.optional(v.number()),
    credit: v.optional(v.number()),
    mark: v.optional(v.string()),
  }),
});
type Attachment = v.InferOutput<typeof attachmentSchema>;
export type BackpressureState = NonNullable<Attachment["backpressure"]>;

/** How much more a session has unread before that is written down again: bytes, and a part of what it may have. */
const SAVED_STEP = { bytes: 32 * 1024, part: 16 } as const;

/** What a session has a bucket for. */
export type LimitedKind = "publish" | "signal";
const LEVELS = { publish: "level", signal: "signalLevel" } as const;

/** One open socket. */
export class Session {
  /** Frames in a row that were not JSON. */
  malformedFrames = 0;
  /** Frames that did not come too fast, in this life of the object. */
  acceptedFrames = 0;
  /** Frames that came too fast, with no pause of a second between them, and when the last did. */
  rateLimitedFrames = 0;
  rateLimitedAt = 0;
  readonly flow: Flow;
  /** When a plain socket last gave a sign of life that was counted: milliseconds. */
  countedAliveAt = 0;
  /** Of the page of history that it was sent last: its first seq, and how long it was. */
  lastPage: { first: number; size: number } | undefined;
  /** When its last frame came in this life of the object: milliseconds. */
  #heardAt = 0;
  readonly socket: WebSocket;
  #can: ReadonlySet<Capability>;
  readonly #attachment: Attachment;

  private constructor(socket: WebSocket, attachment: Attachment) {
    this.socket = socket;
    this.#attachment = attachment;
    this.#can = new Set(attachment.grant.can);
    this.flow = new Flow(attachment.mode, attachment.flow);
  }

  static create(socket: WebSocket, admission: Admission, flow: FlowState): Session {
    const { grant, room, rateKey, mode, marks = false } = admission;
    const now = Date.now();
    const id = crypto.randomUUID();
    const named = grant.nameless ? 0 : now;
    const session = new Session(socket, {
      v: 3,
      id,
      mode,
      grant,
      room,
      rateKey,
      begun: now,
      named,
      marks,
      flow,
    });
    session.#save();
    return session;
  }

  /** The session of a socket that was open before the room slept; undefined for one that this version cannot read. */
  static restore(socket: WebSocket): Session | undefined {
    const attachment = v.safeParse(attachmentSchema, socket.deserializeAttachment());
    return attachment.success ? new Session(socket, attachment.output) : undefined;
  }

  get id(): string {
    return this.#attachment.id;
  }
  get member(): string {
    return this.#attachment.grant.member;
  }
  get name(): string {
    return this.#attachment.grant.name;
  }
  get can(): ReadonlySet<Capability> {
    return this.#can;
  }
  get room(): string {
    return this.#attachment.room;
  }
  get rateKey(): string {
    return this.#attachment.rateKey;
  }
  get mode(): "v1" | "plain" {
    return this.#attachment.mode;
  }
  get isGuest(): boolean {
    return this.#attachment.grant.guest;
  }
  /** Whether it has missed a change of the list of members, since it did not read what it was sent. */
  get missedPresence(): boolean {
    return this.#attachment.missed ?? false;
  }
  set missedPresence(missed: boolean) {
    if (missed === this.missedPresence) return;
    if (missed) this.#attachment.missed = true;
    else delete this.#attachment.missed;
    this.#save();
  }

  /** When its token ends, in milliseconds. */
  get expiresAt(): number | undefined {
    return this.#attachment.grant.until;
  }

  /** What a fresh token of the same member grants takes the place of what the old one did. */
  renew(grant: Grant): void {
    if (grant.name !== this.name) this.#attachment.named = Date.now();
    this.#attachment.grant = grant;
    this.#can = new Set(grant.can);
    delete this.#attachment.warned;
    this.#save();
  }

  get isExpiryNoticed(): boolean {
    return this.#attachment.warned ?? false;
  }
  noteExpiryNotice(): void {
    this.#attachment.warned = true;
    this.#save();
  }

  get joinedAt(): number {
    return this.#attachment.begun;
  }
  /** A frame came. It is noted from time to time, so that a sleep does not make a session silent that was not. */
  noteFrame(now: number, everyMs: number): void {
    this.#heardAt = now;
    if (now - (this.#attachment.heard ?? this.joinedAt) < everyMs) return;
    this.#attachment.heard = now;
    this.#save();
  }
  /** When its last frame came in this life of the object: milliseconds; 0 where none has. */
  get lastSeenAt(): number {
    return this.#heardAt;
  }
  /** When a frame came last; at the latest, if that was before a wake. */
  lastSeenBy(everyMs: number): number {
    const { heard } = this.#attachment;
    if (this.#heardAt > 0) return this.#heardAt;
    return heard === undefined ? this.joinedAt : heard + everyMs;
  }

  /** The epoch that it was told while that was not on disk. */
  get epoch(): string | undefined {
    return this.#attachment.epoch;
  }
  set epoch(epoch: string) {
    this.#attachment.epoch = epoch;
    this.#save();
  }

  get namedAt(): number {
    return this.#attachment.named;
  }
  rename(name: string): void {
    this.#attachment.grant.name = name;
    this.#attachment.named = Date.now();
    this.#save();
  }

  /** What others see of this session: any JSON; undefined where it never showed anything. */
  get state(): unknown {
    const { shown } = this.#attachment;
    return shown === undefined ? undefined : JSON.parse(shown.state);
  }
  get stateAt(): number | undefined {
    return this.#attachment.shown?.at;
  }
  /** @param state JSON text */
  setState(state: string): void {
    this.#attachment.shown = { state, at: Date.now() };
    this.#save();
  }

  get pendingPresence(): "joined" | "updated" | undefined {
    return this.#attachment.news;
  }
  set pendingPresence(news: "joined" | "updated" | undefined) {
    if (news === this.#attachment.news) return;
    if (news === undefined) delete this.#attachment.news;
    else this.#attachment.news = news;
    this.#save();
  }

  get carriedLeaves(): readonly string[] {
    return this.#attachment.farewells ?? [];
  }
  set carriedLeaves(members: readonly string[]) {
    this.#attachment.farewells = [...members];
    this.#save();
  }

  /** What a bucket held when that was last written down. */
  levelOf(bucket: LimitedKind): BucketLevel | undefined {
    return this.#attachment[LEVELS[bucket]];
  }
  setLevel(bucket: LimitedKind, level: BucketLevel): void {
    this.#attachment[LEVELS[bucket]] = { ...level };
    this.#save();
  }

  /** The last seq that the session was sent, while it is catching up; undefined once it is live. */
  get replayFrom(): number | undefined {
    return this.#attachment.behind;
  }
  set replayFrom(seq: number | undefined) {
    if (seq === this.#attachment.behind) return;
    if (seq === undefined) delete this.#attachment.behind;
    else this.#attachment.behind = seq;
    this.#save();
  }

  /** Why it is sent nothing; undefined while it may be. */
  get backpressure(): Readonly<BackpressureState> | undefined {
    return this.#attachment.backpressure;
  }
  set backpressure(state: BackpressureState | undefined) {
    if (state === this.#attachment.backpressure) return;
    if (state === undefined) delete this.#attachment.backpressure;
    else this.#attachment.backpressure = state;
    this.#save();
  }

  /** Whether the client returns marks. */
  get returnsMarks(): boolean {
    return this.#attachment.marks;
  }

  /** Writes down what is unread: always after a mark has gone out or come back, else from time to time. */
  saveFlow(isDue = true): void {
    const { ackBytes, minWindow, maxWindow, unread, credit, mark } = this.flow;
    const grown = unread - (this.#attachment.flow.unread ?? 0);
    const step = Math.max(SAVED_STEP.bytes, this.flow.credit / SAVED_STEP.part);
    if (!isDue && Math.abs(grown) < step) return;
    this.#attachment.flow = { ackBytes, minWindow, maxWindow, unread, credit, mark };
    this.#save();
  }

  #save(): void {
    this.socket.serializeAttachment(this.#attachment);
  }
}
