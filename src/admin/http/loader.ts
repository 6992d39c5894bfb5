import { signal } from "@preact/signals";
import { ApiError } from "./request.ts";

/** An answer of the service that a view shows: the last one, whether another one is on its way, and why the last call failed. */
export class Loader<Value> {
  readonly value = signal<Value | undefined>(undefined);
  readonly error = signal<ApiError | undefined>(undefined);
  readonly isLoading = signal(false);
  /** When the value arrived: milliseconds; 0 before. */
  readonly loadedAt = signal(0);
  readonly #ask: (signal: AbortSignal) => Promise<Value>;
  #current: AbortController | undefined;

  constructor(ask: (signal: AbortSignal) => Promise<Value>) {
    this.#ask = ask;
  }

  /** Asks, and forgets a question that has no answer yet. */
  async load(): Promise<void> {
    this.stop();
    const current = new AbortController();
    this.#current = current;
    this.isLoading.value = true;
    try {
      const value = await this.#ask(current.signal);
      if (current.signal.aborted) return;
      this.value.value = value;
      this.loadedAt.value = Date.now();
      this.error.value = undefined;
    } catch (error) {
      if (current.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.error.value = error;
    }
    this.isLoading.value = false;
  }

  stop(): void {
    this.#current?.abort();
    this.isLoading.value = false;
  }
}
