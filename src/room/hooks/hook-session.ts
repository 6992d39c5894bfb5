import type { Capability } from "../../protocol/down.ts";
import { utf8Length } from "../../protocol/text.ts";
import type { Sender } from "../delivery/sender.ts";
import { closeReason } from "../sessions/close.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { Author } from "./room-hooks.ts";

/** `session.data` as JSON: bytes. It is stored with the connection, which has room for 16,000 bytes in all. */
export const SESSION_DATA_BYTES = 4096;

type Parts = { connections: ConnectionManager; sender: Sender; runner: HookRunner };

/** A session as hooks see it. */
export class HookSession<Data = unknown> implements Author {
  readonly #session: Session;
  readonly #parts: Parts;

  /** @internal */
  constructor(session: Session, parts: Parts) {
    this.#session = session;
    this.#parts = parts;
  }

  /** Names this connection; a member with two tabs has two. */
  get id(): string {
    return this.#session.id;
  }

  get member(): string {
    return this.#session.member;
  }

  get name(): string {
    return this.#session.name;
  }

  get claims(): Readonly<Record<string, unknown>> {
    return this.#session.claims;
  }

  can(capability: string): boolean {
    const { can } = this.#session;
    return can.has(capability as Capability) || can.has("admin");
  }

  /** The public state that this session set: any JSON. */
  get state(): unknown {
    return this.#session.state;
  }

  /** Your own data for this session: any JSON, undefined at first. It survives hibernation, and ends with the session. */
  get data(): Data | undefined {
    const { userData } = this.#session;
    return userData === undefined ? undefined : JSON.parse(userData);
  }
  /** @throws RangeError for more than 4,096 bytes as JSON @throws TypeError for what is not JSON */
  set data(data: Data | undefined) {
    const json = data === undefined ? undefined : JSON.stringify(data);
    if (data !== undefined && json === undefined) throw new TypeError("session.data must be JSON.");
    const bytes = json === undefined ? 0 : utf8Length(json);
    if (bytes > SESSION_DATA_BYTES) {
      throw new RangeError(
        `session.data has at most ${SESSION_DATA_BYTES} bytes as JSON; this has ${bytes}.`,
      );
    }
    this.#session.userData = json;
  }

  /**
   * Sends an event of your own to this session only. A client of `joinRoom` emits it as `event`, unless the protocol has an event of that type, so
   * choose a type such as `app.balance`. Plain sockets receive no events.
   * Within a synchronous hook, it is done after the hook: an event from `onConnect` follows the welcome.
   * @throws TypeError where the event has no type
   */
  send(event: { type: string; [field: string]: unknown }): void {
    if (typeof event?.type !== "string") throw new TypeError("An event is an object with a type.");
    const text = JSON.stringify(event);
    if (this.#session.mode === "v1") this.#whileOpen(() => this.#parts.sender.sendText(this.#session, text));
  }

  /**
   * Closes the session. Its client does not reconnect. Within a synchronous hook, it is done after the hook.
   * @param reason for people; it is cut to 123 bytes
   */
  close(reason?: string): void {
    const text = reason === undefined ? undefined : closeReason(reason);
    this.#whileOpen(() => this.#parts.connections.close(this.#session, "policy", text));
  }

  #whileOpen(run: () => void): void {
    const { runner, connections } = this.#parts;
    runner.defer(() => {
      if (connections.has(this.#session)) run();
    });
  }
}

/** @internal The one view of each session. */
export class HookSessions {
  readonly #parts: Parts;
  readonly #views = new WeakMap<Session, HookSession>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  of(session: Session): HookSession {
    const known = this.#views.get(session);
    if (known !== undefined) return known;
    const view = new HookSession(session, this.#parts);
    this.#views.set(session, view);
    return view;
  }

  all(): HookSession[] {
    return [...this.#parts.connections.sessions()].map((session) => this.of(session));
  }
}
