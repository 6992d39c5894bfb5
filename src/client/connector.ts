import type { Retry } from "../protocol/codes.ts";
import type { Welcome } from "../protocol/down.ts";
import { Connection, type Frame, type Lost, lostBy, TIMEOUT_MS } from "./connection.ts";
import { credentialOf, type Dialled, dial } from "./dial.ts";
import { RoomError } from "./error.ts";
import { guestKey, type JoinOptions, runtimeSocket } from "./options.ts";
import { type ConnectionEvent, type ConnectionState, next } from "./state.ts";
import { isShown, onDoubt, stopTimer, type Timer } from "./surroundings.ts";

/** Refusals that another token may not meet. */
const OF_TOKENS: readonly string[] = ["invalid_token", "forbidden"];

/** Our own close code for a connection that is given up, and may come back. */
const GIVEN_UP = 3000;

type Handlers = {
  frame: (data: Frame) => void;
  /** The connection is in another state. */
  state: (state: ConnectionState) => void;
  error: (code: string, error: unknown) => void;
  /** What the next attempt says of this client. */
  known: () => { name: string | undefined; cursor: string | undefined };
};

/**
 * Keeps a client connected to a room: one attempt at a time, with waits between them, until it is ended or refused for good.
 * Whatever an attempt waits for, it goes on only if it is still the present one.
 */
export class Connector {
  readonly #room: string;
  readonly #options: JoinOptions;
  readonly #handlers: Handlers;
  readonly #makeSocket: NonNullable<JoinOptions["socket"]>;
  readonly #guest = guestKey();
  readonly #stopDoubting: () => void;
  #state: ConnectionState = { status: "connecting", attempt: 0 };
  #connection: Connection | undefined;
  #timer: Timer | undefined;

  /** @throws RoomError `no_websocket` */
  constructor(room: string, options: JoinOptions, handlers: Handlers) {
    this.#room = room;
    this.#options = options;
    this.#handlers = handlers;
    this.#makeSocket = options.socket ?? runtimeSocket();
    this.#stopDoubting = onDoubt(() => {
      if (this.#state.status === "live") this.#connection?.doubt();
      else if (isShown()) this.#on({ type: "retry" });
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The live connection, if there is one. */
  get live(): Connection | undefined {
    return this.#state.status === "live" ? this.#connection : undefined;
  }

  start(): void {
    void this.#connect();
  }

  /** The room says welcome. @param before is called in between: the connection is live, and nobody has been told */
  welcome(welcome: Welcome, before: (connection: Connection) => void): void {
    const connection = this.#connection;
    if (!connection || this.#state.status !== "connecting") return;
    connection.live(welcome.heartbeat);
    this.#on({ type: "welcome", welcome }, () => before(connection));
  }

  /** The room says why it closes. */
  bye(bye: Lost): void {
    this.#connection?.bye(bye);
  }

  giveUp(retry: Retry): void {
    this.#lost(lostBy(retry));
  }

  end(code: string, reason: string): void {
    this.#on({ type: "end", code, reason });
  }

  /** A fresh token for the present connection; undefined where there is no way to get one, or the connection is another by then. */
  async freshToken(): Promise<string | undefined> {
    const connection = this.live;
    if (typeof this.#options.token !== "function") return undefined;
    try {
      const token = await credentialOf(this.#options, this.#guest);
      return this.live === connection ? token : undefined;
    } catch (error) {
      this.#handlers.error("token", error);
      return undefined;
    }
  }

  #on(event: ConnectionEvent, before: () => void = () => {}): void {
    const state = next(this.#state, event, Date.now(), Math.random);
    if (state === this.#state) return;
    this.#state = state;
    stopTimer(this.#timer);
    if (state.status === "waiting") {
      this.#drop(GIVEN_UP);
      this.#timer = setTimeout(() => this.#on({ type: "retry" }), state.until - Date.now());
    } else if (state.status === "closed") {
      this.#drop(1000);
      this.#stopDoubting();
    }
    before();
    this.#handlers.state(state);
    // A listener may have left the room.
    if (state.status === "connecting" && this.#state === state) void this.#connect();
  }

  #drop(code: number): void {
    this.#connection?.drop(code);
    this.#connection = undefined;
  }

  #lost(lost: Lost): void {
    this.#on({ ...lost, type: "lost" });
  }

  async #connect(): Promise<void> {
    const attempt = this.#state;
    this.#timer = setTimeout(() => this.giveUp("later"), TIMEOUT_MS);
    try {
      const credential = await credentialOf(this.#options, this.#guest);
      if (this.#state !== attempt) return;
      const known = this.#handlers.known();
      const { socket, why } = dial(this.#room, this.#options, this.#makeSocket, credential, known);
      const connection = new Connection(socket, {
        frame: (data) => {
          if (this.#connection === connection) this.#handlers.frame(data);
        },
        lost: (lost) => {
          if (this.#connection === connection) void this.#ended(connection, lost, why);
        },
      });
      this.#connection = connection;
    } catch (error) {
      if (this.#state !== attempt) return;
      this.#handlers.error("token", error);
      const isFinal = error instanceof RoomError;
      this.#lost(lostBy(isFinal ? "never" : "later", isFinal ? error.code : "token", messageOf(error)));
    }
  }

  /** Of an attempt that failed, a browser does not tell why. */
  async #ended(connection: Connection, lost: Lost, why: Dialled["why"]): Promise<void> {
    let refusal = this.#state.status === "connecting" ? await why() : undefined;
    if (this.#connection !== connection) return;
    // A token that is asked for each time may be a better one next time.
    if (refusal && typeof this.#options.token === "function" && OF_TOKENS.includes(refusal.code)) {
      this.#handlers.error(refusal.code, refusal.reason);
      refusal = undefined;
    }
    this.#lost(refusal ?? lost);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
