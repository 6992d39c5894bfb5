/** A message that operations may have as their target. `client`: its author, where a client with a cursor published it. */
type Target = { seq: number; client: string | undefined };

/** A target is one of so many of the newest messages. */
const RECENT = 40;

/** Chooses the targets of operations: a topic keeps its target. */
export class Targets {
  readonly #rooms = new Map<string, Target[]>();
  readonly #chosen = new Map<string, number>();

  /** A message is in the log. It may be reported by each of its readers. */
  add(room: string, target: Target): void {
    const known = this.#rooms.get(room) ?? [];
    this.#rooms.set(room, known);
    const last = known.at(-1)?.seq ?? 0;
    if (target.seq > last) known.push(target);
    else {
      // Its author knows best who it is.
      const before = known.find(({ seq }) => seq === target.seq);
      if (before !== undefined) before.client ??= target.client;
    }
    if (known.length > 20 * RECENT) known.splice(0, 10 * RECENT);
  }

  /** The target of a topic. Undefined where there is no message that would do. */
  of(room: string, client: string, { topic, own }: { topic: number; own: boolean }): number | undefined {
    const key = `${room} ${topic}`;
    const chosen = this.#chosen.get(key);
    if (chosen !== undefined) return chosen;
    const known = this.#rooms.get(room) ?? [];
    const all = own ? known.filter((target) => target.client === client) : known;
    const recent = all.slice(-RECENT);
    // Spread over them, without a random number that would depend on when the messages arrive.
    const target = recent[(topic * 7) % Math.max(1, recent.length)];
    if (target !== undefined) this.#chosen.set(key, target.seq);
    return target?.seq;
  }
}
