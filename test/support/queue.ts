/** How long a test waits for what must happen, if it does not say otherwise: milliseconds. A busy machine may stand still for seconds. */
export const WAIT_MS = 15_000;

/** Items in the order of their arrival. A single reader takes them one by one. */
export class Queue<Item> {
  /** All items, those taken included. */
  readonly all: Item[] = [];
  #taken = 0;
  #wake: () => void = () => {};

  push(item: Item): void {
    this.all.push(item);
    this.#wake();
  }

  /** Takes the next item. Rejects if none arrives within `ms`. */
  async next(ms: number): Promise<Item> {
    const deadline = performance.now() + ms;
    while (this.#taken === this.all.length) {
      const left = deadline - performance.now();
      if (left <= 0) {
        throw new Error(`Nothing arrived within ${ms} ms. Before: ${JSON.stringify(this.all.slice(-3))}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.all[this.#taken++] as Item;
  }
}
