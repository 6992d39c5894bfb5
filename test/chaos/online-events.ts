import { setMaxListeners } from "node:events";

/**
 * What a browser tells its pages and other runtimes do not: that the network came back. The SDK listens for it on the
 * global object, tries again at once, and doubts the connections that it has.
 */
export class Online {
  readonly #told = new EventTarget();

  constructor() {
    setMaxListeners(Number.POSITIVE_INFINITY, this.#told);
    globalThis.addEventListener = this.#told.addEventListener.bind(this.#told);
    globalThis.removeEventListener = this.#told.removeEventListener.bind(this.#told);
  }

  tell(): void {
    this.#told.dispatchEvent(new Event("online"));
  }

  end(): void {
    Reflect.deleteProperty(globalThis, "addEventListener");
    Reflect.deleteProperty(globalThis, "removeEventListener");
  }
}
