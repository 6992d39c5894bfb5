import * as v from "valibot";
import type { Grant } from "../../auth/grant.ts";
import type { Capability } from "../../protocol/down.ts";
import type { Admission } from "../../rpc/admission.ts";
import type { Connection } from "../../rpc/connection.ts";
import { Flow, type FlowState } from "../delivery/flow.ts";
import type { BucketLevel } from "../limits/token-bucket.ts";
import { type Attachment, attachmentSchema, type BackpressureState } from "./attachment.ts";

/** Unread bytes are saved again once they changed by this much: bytes, or a part of the session's credit. */
const FLOW_SAVE_STEP = { bytes: 32 * 1024, part: 16 } as const;

/** The rate limits that have a bucket for each session. */
export type LimitedKind = "publish" | "signal";
const LEVEL_FIELDS = { publish: "publishLevel", signal: "signalLevel" } as const;

/** One open connection, with the state that outlives hibernation. Times are in milliseconds. */
export class Session {
  readonly connection: Connection;
  readonly flow: Flow;
  #can: ReadonlySet<Capability>;
  /** When the last frame arrived since the object woke; 0 if none has. */
  #frameAt = 0;
  readonly #attachment: Attachment;

  private constructor(connection: Connection, attachment: Attachment) {
    this.connection = connection;
    this.#attachment = attachment;
    this.#can = new Set(attachment.grant.can);
    this.flow = new Flow(attachment.mode, attachment.flow);
  }

  static create(connection: Connection, admission: Admission, flow: FlowState): Session {
    const { room, rateKey, mode, marks = false, operations } = admission;
    const { claims, ...grant } = admission.grant;
    const joinedAt = Date.now();
    const namedAt = grant.nameless ? 0 : joinedAt;
    const id = crypto.randomUUID();
    const session = new Session(connection, {
      v: 4,
      id,
      mode,
      grant,
      ...(claims === undefined ? {} : { claims: bytesOf(JSON.stringify(claims)) }),
      room,
      rateKey,
      joinedAt,
      namedAt,
      marks,
      ...(operations === true ? { operations } : {}),
      flow,
    });
    session.#save();
    return session;
  }

  /** The session of a connection from before a hibernation; undefined where another version made it. */
  static restore(connection: Connection): Session | undefined {
    const attachment = v.safeParse(attachmentSchema, connection.load());
    return attachment.success ? new Session(connection, attachment.output) : undefined;
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
  get claims(): Readonly<Record<string, unknown>> {
    const { claims } = this.#attachment;
    return claims === undefined ? {} : JSON.parse(textOf(claims));
  }
  get room(): string {
    return this.#attachment.room;
  }
  /** The key that the session's rate limits are shared and stored under. */
  get rateKey(): string {
    return this.#attachment.rateKey;
  }
  get mode(): "v1" | "plain" {
    return this.#attachment.mode;
  }
  get isGuest(): boolean {
    return this.#attachment.grant.guest;
  }
  /** Whether the deployment's own `authenticate` let it in. */
  get hasOwnSignIn(): boolean {
    return this.#attachment.grant.ownSignIn ?? false;
  }
  get returnsMarks(): boolean {
    return this.#attachment.marks;
  }
  /** Whether a plain socket is sent operations as JSON. */
  get getsOperations(): boolean {
    return this.#attachment.operations ?? false;
  }
  get joinedAt(): number {
    return this.#attachment.joinedAt;
  }

  /** When the session's token ends. */
  get expiresAt(): number | undefined {
    return this.#attachment.grant.until;
  }
  get isExpiryNoticed(): boolean {
    return this.#attachment.isExpiryNoticed ?? false;
  }
  noteExpiryNotice(): void {
    this.#set("isExpiryNoticed", true);
  }
  /** Replaces the grant by that of a fresh token. */
  renew({ claims, ...grant }: Grant): void {
    if (grant.name !== this.name) this.#attachment.namedAt = Date.now();
    this.#attachment.grant = grant;
    if (claims === undefined) delete this.#attachment.claims;
    else this.#attachment.claims = bytesOf(JSON.stringify(claims));
    this.#can = new Set(grant.can);
    this.#set("isExpiryNoticed", undefined);
    this.#save();
  }

  /** A frame arrived. That is saved from time to time, so that a session is not taken for silent after a hibernation. */
  noteFrame(now: number, saveEveryMs: number): void {
    this.#frameAt = now;
    if (now - (this.#attachment.frameAt ?? this.joinedAt) >= saveEveryMs) this.#set("frameAt", now);
  }
  /** When a frame arrived since the object woke, or the runtime answered a `ping`; 0 if neither. */
  get lastActivityAt(): number {
    return Math.max(this.#frameAt, this.connection.lastPingAt);
  }
  /** The same, and also known after a wake: the latest time at which a frame that was not saved may have arrived. */
  lastSeenAt(saveEveryMs: number): number {
    const { frameAt } = this.#attachment;
    const atLatest = frameAt === undefined ? this.joinedAt : frameAt + saveEveryMs;
    return Math.max(this.#frameAt > 0 ? this.#frameAt : atLatest, this.connection.lastPingAt);
  }

  get epoch(): string | undefined {
    return this.#attachment.epoch;
  }
  set epoch(epoch: string | undefined) {
    this.#set("epoch", epoch);
  }

  get namedAt(): number {
    return this.#attachment.namedAt;
  }
  rename(name: string): void {
    this.#attachment.grant.name = name;
    this.#set("namedAt", Date.now());
  }

  /** The session's public state: any JSON; undefined where it never set one. */
  get state(): unknown {
    const { state } = this.#attachment;
    return state === undefined ? undefined : JSON.parse(textOf(state.json));
  }
  get stateAt(): number | undefined {
    return this.#attachment.state?.at;
  }
  /** @param json the state as JSON text */
  setState(json: string): void {
    this.#set("state", { json: bytesOf(json), at: Date.now() });
  }

  /** The data that the room's owner keeps with the session: JSON text. */
  get userData(): string | undefined {
    const { userData } = this.#attachment;
    return userData === undefined ? undefined : textOf(userData);
  }
  set userData(json: string | undefined) {
    this.#set("userData", json === undefined ? undefined : bytesOf(json));
  }

  get pendingPresence(): "joined" | "updated" | undefined {
    return this.#attachment.pendingPresence;
  }
  set pendingPresence(change: "joined" | "updated" | undefined) {
    this.#set("pendingPresence", change);
  }

  get missedPresence(): boolean {
    return this.#attachment.missedPresence ?? false;
  }
  set missedPresence(missed: boolean) {
    this.#set("missedPresence", missed || undefined);
  }

  get carriedLeaves(): readonly string[] {
    return this.#attachment.carriedLeaves ?? [];
  }
  set carriedLeaves(members: readonly string[]) {
    this.#set("carriedLeaves", [...members]);
  }

  /** A token bucket as of its last save. */
  levelOf(kind: LimitedKind): BucketLevel | undefined {
    return this.#attachment[LEVEL_FIELDS[kind]];
  }
  setLevel(kind: LimitedKind, level: BucketLevel): void {
    this.#set(LEVEL_FIELDS[kind], { ...level });
  }

  /** The last seq that the session was sent, while it is catching up; undefined once it is live. */
  get replayFrom(): number | undefined {
    return this.#attachment.replayFrom;
  }
  set replayFrom(seq: number | undefined) {
    this.#set("replayFrom", seq);
  }

  /** Up to this seq its replay has messages in their current form; undefined where it has them as they were sent. */
  get currentUntil(): number | undefined {
    return this.#attachment.currentUntil;
  }
  set currentUntil(seq: number | undefined) {
    this.#set("currentUntil", seq);
  }

  get backpressure(): Readonly<BackpressureState> | undefined {
    return this.#attachment.backpressure;
  }
  set backpressure(state: BackpressureState | undefined) {
    this.#set("backpressure", state);
  }

  /** Saves the flow once unread bytes changed by a step. */
  saveFlowInSteps(): void {
    const { unread, credit } = this.flow;
    const step = Math.max(FLOW_SAVE_STEP.bytes, credit / FLOW_SAVE_STEP.part);
    if (Math.abs(unread - (this.#attachment.flow.unread ?? 0)) >= step) this.saveFlow();
  }
  /** Saves the flow; required whenever a mark was sent or returned. */
  saveFlow(): void {
    const { ackBytes, minWindow, maxWindow, unread, credit, mark } = this.flow;
    this.#set("flow", { ackBytes, minWindow, maxWindow, unread, credit, mark });
  }

  #set<Field extends keyof Attachment>(field: Field, value: Attachment[Field] | undefined): void {
    const before = this.#attachment[field];
    if (before === value) return;
    this.#assign(field, value);
    try {
      this.#save();
    } catch (error) {
      this.#assign(field, before);
      throw error;
    }
  }

  #assign<Field extends keyof Attachment>(field: Field, value: Attachment[Field] | undefined): void {
    if (value === undefined) delete this.#attachment[field];
    else this.#attachment[field] = value;
  }

  #save(): void {
    this.connection.save(this.#attachment);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
