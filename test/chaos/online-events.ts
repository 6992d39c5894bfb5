import { setMaxListeners } from "node:events";

/**
 * The browser's `online` event, which Node lacks. The client listens for it on the global object, then reconnects at once and checks the
 * connections that it has.
 */
export class OnlineEvents {
  readonly #target = new EventTarget();

  constructor() {
    setMaxListeners(Number.POSITIVE_INFINITY, this.#target);
    globalThis.addEventListener = this.#target.addEventListener.bind(this.#target);
    globalThis.removeEventListener = this.#target.removeEventListener.bind(this.#target);
  }

  dispatch(): void {
    this.#target.dispatchEvent(new Event("online"));
  }

  end(): void {
    Reflect.deleteProperty(globalThis, "addEventListener");
    Reflect.deleteProperty(globalThis, "removeEventListener");
  }
}
