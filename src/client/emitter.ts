/** Event listeners by type. A listener that throws stops neither the other listeners nor the connection. */
export class Emitter<Events> {
  readonly #listeners = new Map<unknown, Set<(event: never) => void>>();

  on<K extends keyof Events>(type: K, listener: (event: Events[K]) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Calls the listeners that are registered now, except those that an earlier one removes. */
  emit<K extends keyof Events>(type: K, event: Events[K]): void {
    const listeners = this.#listeners.get(type);
    for (const listener of [...(listeners ?? [])]) {
      if (!listeners?.has(listener)) continue;
      try {
        (listener as (event: Events[K]) => void)(event);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
