import type { CursorStore } from "./options.ts";

/** Where the position is kept. A store that fails, full as it may be, costs the position and not the connection. */
export class Cursors {
  readonly #store: CursorStore | null | undefined;
  readonly #failed: (error: unknown) => void;

  constructor(store: CursorStore | null | undefined, failed: (error: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  load(): string | undefined {
    try {
      return this.#store?.load();
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  save(cursor: string | undefined): void {
    try {
      if (cursor !== undefined) this.#store?.save(cursor);
    } catch (error) {
      this.#failed(error);
    }
  }
}
