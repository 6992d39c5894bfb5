import * as v from "valibot";
import type { Level } from "../access/bucket.ts";
import { type Admission, type Grant, grantSchema, modeSchema } from "../access/grant.ts";
import type { Capability } from "../protocol/down.ts";

/** What survives hibernation with a socket. `v` tells later versions which one made it. */
const attachmentSchema = v.object({
  v: v.literal(1),
  id: v.string(),
  grant: grantSchema,
  room: v.string(),
  debtor: v.string(),
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
  /** While it is sent nothing: it goes on once `until` is acknowledged. `acked`: how far it was `since` then, in milliseconds. */
  stalled: v.optional(v.object({ until: v.number(), acked: v.number(), since: v.number() })),
});
type Attachment = v.InferOutput<typeof attachmentSchema>;
export type Stall = NonNullable<Attachment["stalled"]>;

/** What a session has a bucket for. */
export type Bucketed = "publish" | "signal";
const LEVELS = { publish: "level", signal: "signalLevel" } as const;

/** One open socket. */
export class Session {
  /** Frames in a row that were not JSON. */
  malformed = 0;
  /** Frames that did not come too fast, in this life of the object. */
  passed = 0;
  /** Frames that came too fast, with no pause of a second between them, and when the last did. */
  tooFast = 0;
  tooFastAt = 0;
  /** How many of the bytes that all live sessions were sent it has read, as far as it said. */
  readTo = 0;
  /** Bytes of what is no part of the log that it was sent since it last acknowledged anything. */
  besides = 0;
  /** The seq that it last acknowledged, in this life of the object. */
  acked = 0;
  /** Of the page of history that it was sent last: its first seq, and how long it was. */
  page: { first: number; size: number } | undefined;
  /** Bytes that a plain socket was sent since a sign of life. */
  unheard = 0;
  unheardSince = 0;
  /** When its last frame came in this life of the object: milliseconds. */
  #heardAt = 0;
  readonly socket: WebSocket;
  #can: ReadonlySet<Capability>;
  readonly #attachment: Attachment;

  private constructor(socket: WebSocket, attachment: Attachment) {
    this.socket = socket;
    this.#attachment = attachment;
    this.#can = new Set(attachment.grant.can);
  }

  static begin(socket: WebSocket, { grant, room, debtor, mode }: Admission): Session {
    const now = Date.now();
    const id = crypto.randomUUID();
    const named = grant.nameless ? 0 : now;
    const session = new Session(socket, { v: 1, id, mode, grant, room, debtor, begun: now, named });
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
  get debtor(): string {
    return this.#attachment.debtor;
  }
  get mode(): "v1" | "plain" {
    return this.#attachment.mode;
  }
  get isGuest(): boolean {
    return this.#attachment.grant.guest;
  }
  /** Whether it has missed a change of the list of members, since it did not read what it was sent. */
  get missed(): boolean {
    return this.#attachment.missed ?? false;
  }
  set missed(missed: boolean) {
    if (missed === this.missed) return;
    if (missed) this.#attachment.missed = true;
    else delete this.#attachment.missed;
    this.#save();
  }

  /** When its token ends, in milliseconds. */
  get until(): number | undefined {
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

  get warned(): boolean {
    return this.#attachment.warned ?? false;
  }
  warn(): void {
    this.#attachment.warned = true;
    this.#save();
  }

  get begun(): number {
    return this.#attachment.begun;
  }
  /** A frame came. It is noted from time to time, so that a sleep does not make a session silent that was not. */
  hear(now: number, everyMs: number): void {
    this.#heardAt = now;
    this.unheard = 0;
    this.unheardSince = now;
    if (now - (this.#attachment.heard ?? this.begun) < everyMs) return;
    this.#attachment.heard = now;
    this.#save();
  }
  /** When a frame came last; at the latest, if that was before a wake. */
  heardBy(everyMs: number): number {
    const { heard } = this.#attachment;
    if (this.#heardAt > 0) return this.#heardAt;
    return heard === undefined ? this.begun : heard + everyMs;
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
  get shownAt(): number | undefined {
    return this.#attachment.shown?.at;
  }
  /** @param state JSON text */
  show(state: string): void {
    this.#attachment.shown = { state, at: Date.now() };
    this.#save();
  }

  get news(): "joined" | "updated" | undefined {
    return this.#attachment.news;
  }
  set news(news: "joined" | "updated" | undefined) {
    if (news === this.#attachment.news) return;
    if (news === undefined) delete this.#attachment.news;
    else this.#attachment.news = news;
    this.#save();
  }

  get farewells(): readonly string[] {
    return this.#attachment.farewells ?? [];
  }
  set farewells(members: readonly string[]) {
    this.#attachment.farewells = [...members];
    this.#save();
  }

  /** What a bucket held when that was last written down. */
  levelOf(bucket: Bucketed): Level | undefined {
    return this.#attachment[LEVELS[bucket]];
  }
  setLevel(bucket: Bucketed, level: Level): void {
    this.#attachment[LEVELS[bucket]] = { ...level };
    this.#save();
  }

  /** The last seq that the session was sent, while it is catching up; undefined once it is live. */
  get behind(): number | undefined {
    return this.#attachment.behind;
  }
  set behind(seq: number | undefined) {
    if (seq === this.#attachment.behind) return;
    if (seq === undefined) delete this.#attachment.behind;
    else this.#attachment.behind = seq;
    this.#save();
  }

  /** Why it is sent nothing while it is behind; undefined while it may be. */
  get stalled(): Readonly<Stall> | undefined {
    return this.#attachment.stalled;
  }
  set stalled(stall: Stall | undefined) {
    if (stall === this.#attachment.stalled) return;
    if (stall === undefined) delete this.#attachment.stalled;
    else this.#attachment.stalled = stall;
    this.#save();
  }

  #save(): void {
    this.socket.serializeAttachment(this.#attachment);
  }
}
