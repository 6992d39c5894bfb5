import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { RoomError } from "../error.ts";
import type { Welcome } from "../frames.ts";
import { MIN_TOKEN_INTERVAL_MS, TIMEOUT_MS, TOKEN_ATTEMPTS } from "../limits.ts";
import { type JoinOptions, runtimeSocket } from "../options.ts";
import { clearTimer, isPageVisible, onNetworkOrVisibilityChange, type Timer } from "../platform.ts";
import { type ConnectionEvent, type ConnectionState, nextState } from "./connection-state.ts";
import { fetchRefusal } from "./refusal.ts";
import { roomUrl } from "./room-url.ts";
import { loadGuestKey } from "./storage.ts";
import { type Disconnect, disconnect, type Frame, Transport } from "./transport.ts";

type ConnectionHandlers = {
  frame: (data: Frame) => void;
  state: (state: ConnectionState) => void;
  error: (code: string, error: unknown) => void;
  /** The query of the next attempt's address. */
  query: () => Parameters<typeof roomUrl>[2];
};

/**
 * The connection to a room. It makes one attempt at a time, with waits between them, until it is closed or refused for good.
 * An attempt continues after an `await` only if it is still the current one.
 */
export class Connection {
  readonly #room: string;
  readonly #options: JoinOptions;
  readonly #handlers: ConnectionHandlers;
  readonly #createSocket: NonNullable<JoinOptions["socket"]>;
  readonly #token: NonNullable<JoinOptions["token"]>;
  readonly #stopListening: () => void;
  #state: ConnectionState = { status: "connecting", attempt: 0 };
  #transport: Transport | undefined;
  /** The timer of the attempt, of the wait after it, or of the token while the connection is live. */
  #timer: Timer | undefined;
  #tokenSentAt = 0;

  /** @throws RoomError `no_websocket` */
  constructor(room: string, options: JoinOptions, handlers: ConnectionHandlers) {
    this.#room = room;
    this.#options = options;
    this.#handlers = handlers;
    this.#createSocket = options.socket ?? runtimeSocket();
    this.#token = options.token ?? loadGuestKey();
    this.#stopListening = onNetworkOrVisibilityChange(() => {
      if (this.#state.status === "live") this.#transport?.check();
      else if (isPageVisible()) this.#dispatch({ type: "retry" });
    });
    void this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The transport, while the connection is live. */
  get live(): Transport | undefined {
    return this.#state.status === "live" ? this.#transport : undefined;
  }

  welcome(welcome: Welcome): void {
    this.#transport?.start(welcome.heartbeat);
    this.#tokenSentAt = Date.now();
    this.#dispatch({ type: "welcome", welcome });
  }

  /** The server has announced that it closes. The TCP connection may take seconds to end, so the client does not wait for it. */
  end(end: Disconnect): void {
    this.#transport?.end(end, 1000);
  }

  reconnect(retry: "now" | "later"): void {
    this.#dispatch(disconnect(retry));
  }

  leave(): void {
    this.#dispatch(disconnect("never", "left", "left"));
  }

  /** The server says that the token expires soon; of a token that lives shorter than this notice, at once. */
  renewToken(): void {
    clearTimer(this.#timer);
    const wait = this.#tokenSentAt + MIN_TOKEN_INTERVAL_MS - Date.now();
    this.#timer = setTimeout(() => void this.#sendToken(), wait);
  }

  async #sendToken(): Promise<void> {
    const transport = this.live;
    if (typeof this.#token !== "function") return;
    try {
      const token = await this.#credential();
      if (this.live !== transport) return;
      this.#tokenSentAt = Date.now();
      transport?.send(JSON.stringify({ type: "auth", token }));
    } catch (error) {
      this.#handlers.error("token", error);
    }
  }

  #dispatch(event: ConnectionEvent): void {
    const state = nextState(this.#state, event, Date.now(), Math.random);
    if (state === this.#state) return;
    this.#state = state;
    clearTimer(this.#timer);
    if (state.status === "waiting") {
      this.#closeTransport();
      this.#timer = setTimeout(() => this.#dispatch({ type: "retry" }), state.until - Date.now());
    } else if (state.status === "closed") {
      this.#closeTransport(1000);
      this.#stopListening();
    }
    this.#handlers.state(state);
    // A listener may have left the room.
    if (state.status === "connecting" && this.#state === state) void this.#connect();
  }

  #closeTransport(code?: number): void {
    this.#transport?.close(code);
    this.#transport = undefined;
  }

  /** A token function that throws rejects here. */
  async #credential(): Promise<string> {
    return typeof this.#token === "function" ? this.#token() : this.#token;
  }

  async #connect(): Promise<void> {
    const attempt = this.#state;
    this.#timer = setTimeout(() => this.reconnect("later"), TIMEOUT_MS);
    try {
      const credential = await this.#credential();
      if (this.#state !== attempt) return;
      const url = roomUrl(this.#room, this.#options, this.#handlers.query());
      const socket = this.#createSocket(url.href.replace(/^http/, "ws"), [
        SUBPROTOCOL,
        `bearer.${credential}`,
      ]);
      const transport = new Transport(socket, {
        frame: (data) => {
          if (this.#transport === transport) this.#handlers.frame(data);
        },
        disconnected: (end) => {
          if (this.#transport === transport) void this.#transportEnded(transport, end, url, credential);
        },
      });
      this.#transport = transport;
    } catch (error) {
      if (this.#state !== attempt) return;
      this.#handlers.error("token", error);
      const reason = messageOf(error);
      this.#dispatch(
        error instanceof RoomError
          ? disconnect("never", error.code, reason)
          : disconnect("later", "token", reason),
      );
    }
  }

  async #transportEnded(transport: Transport, end: Disconnect, url: URL, credential: string): Promise<void> {
    const state = this.#state;
    let why = end;
    if (state.status === "connecting") {
      why = (await fetchRefusal(url, credential)) ?? end;
      if (this.#transport !== transport) return;
      const { code, reason } = why;
      // A token function may return a better token. `forbidden` may have another cause, so it is final after some attempts.
      const mayImprove = code === "invalid_token" || (code === "forbidden" && state.attempt < TOKEN_ATTEMPTS);
      if (mayImprove && typeof this.#token === "function") {
        this.#handlers.error(code, reason);
        why = { ...why, retry: "later" };
      }
    }
    this.#dispatch(why);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
