import { signal } from "@preact/signals";

/** How long one says to be typing without saying it again, and how often it is said. */
const LASTS_MS = 6000;
const AGAIN_MS = 3000;

/** Who is typing. Told by signals, which are not stored; one that stops coming has stopped typing. */
export class Typing {
  readonly members = signal<readonly string[]>([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #say: (typing: boolean) => void;
  #said = 0;

  constructor(say: (typing: boolean) => void) {
    this.#say = say;
  }

  /** This person has typed, or has emptied the box. */
  typed(hasText: boolean): void {
    const now = Date.now();
    if (hasText ? now - this.#said < AGAIN_MS : this.#said === 0) return;
    this.#said = hasText ? now : 0;
    this.#say(hasText);
  }

  /** What was typed was sent: its arrival says the rest. */
  sent(): void {
    this.#said = 0;
  }

  heard(member: string, data: unknown): void {
    if (typeof data !== "object" || data === null || !("typing" in data)) return;
    this.stopped(member);
    if (data.typing !== true) return;
    this.#timers.set(
      member,
      setTimeout(() => this.stopped(member), LASTS_MS),
    );
    this.members.value = [...this.members.value, member];
  }

  stopped(member: string): void {
    clearTimeout(this.#timers.get(member));
    if (this.#timers.delete(member)) this.members.value = this.members.value.filter((one) => one !== member);
  }

  end(): void {
    for (const member of [...this.#timers.keys()]) this.stopped(member);
  }
}
