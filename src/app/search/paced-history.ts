import { type HistoryPage, RoomError } from "../../client/core.ts";
import type { TextData } from "../chat/chat-message.ts";
import type { ChatStore } from "../chat/chat-store.ts";

/** The room that is read. Each join of it is another object. */
export type HistoryRoom = Pick<ChatStore, "room" | "connectionState">;

/** Why a read waits: the service allows no more for a moment, or there is no connection. */
export type Wait = "busy" | "offline" | undefined;

/** The service charges a page for each full part of this many bytes, and for the request. */
const PART_BYTES = 65_536;
/** The fields of a message besides its data. */
const MESSAGE_OVERHEAD = 130;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** The part of the allowance that reads use. The rest is for what the person sends. */
const SHARE = 0.5;

/** Reads pages of a room's history no faster than half of what the service allows. It waits where the service or the connection asks for it. */
export class PacedHistory {
  readonly #store: HistoryRoom;
  readonly #onWait: (wait: Wait) => void;
  #tokens = Infinity;
  #updatedAt = 0;

  constructor(store: HistoryRoom, onWait: (wait: Wait) => void) {
    this.#store = store;
    this.#onWait = onWait;
  }

  /** @throws RoomError the room is closed, or the signal has ended the read */
  async read(
    query: { before?: number; limit: number },
    signal?: AbortSignal,
  ): Promise<HistoryPage<TextData>> {
    let retry = FIRST_RETRY_MS;
    for (;;) {
      await this.#untilLive(signal);
      await this.#untilAllowed(signal);
      if (signal?.aborted) throw new RoomError("stopped", "");
      const { room } = this.#store;
      try {
        const page = await (room?.history(query) ?? Promise.reject(new RoomError("closed", "")));
        this.#onWait(undefined);
        this.#tokens -= costOf(page);
        return page;
      } catch (error) {
        const code = error instanceof RoomError ? error.code : "";
        if (code !== "closed" && code !== "rate_limited" && code !== "unavailable") throw error;
        if (code === "closed") continue;
        this.#onWait("busy");
        await pause(retry, signal);
        retry = Math.min(MAX_RETRY_MS, 2 * retry);
      }
    }
  }

  async #untilAllowed(signal: AbortSignal | undefined): Promise<void> {
    const state = this.#store.connectionState.peek();
    if (state.status !== "live") return;
    const { publishRate, publishBurst } = state.welcome.limits;
    if (publishRate === 0) return;
    const now = Date.now();
    const rate = (publishRate * SHARE) / 1000;
    this.#tokens = Math.min(publishBurst * SHARE, this.#tokens + (now - this.#updatedAt) * rate);
    this.#updatedAt = now;
    if (this.#tokens < 1) await pause((1 - this.#tokens) / rate, signal);
  }

  /** Waits for a connection. */
  async #untilLive(signal: AbortSignal | undefined): Promise<void> {
    const { connectionState } = this.#store;
    while (!signal?.aborted) {
      const state = connectionState.peek();
      if (state.status === "live") return;
      if (state.status === "closed") throw new RoomError(state.code, state.reason);
      this.#onWait("offline");
      await until((done) => connectionState.subscribe((next) => next !== state && done()), signal);
    }
  }
}

function costOf({ messages }: HistoryPage<TextData>): number {
  let bytes = 0;
  for (const { data, bytes: file } of messages)
    bytes += MESSAGE_OVERHEAD + (file ? file.length * 1.4 : (JSON.stringify(data)?.length ?? 0));
  return 1 + bytes / PART_BYTES;
}

/** Waits for so many milliseconds, or until the signal ends the wait. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return until((done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  }, signal);
}

/**
 * Waits until something has happened, or until the signal ends the wait.
 * @param start begins the wait, and returns a function that ends it
 */
function until(start: (done: () => void) => () => void, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    let stop = () => {};
    const done = () => {
      stop();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    stop = start(done);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}
