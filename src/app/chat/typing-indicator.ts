import { signal } from "@preact/signals";

/** A typing signal counts for this long, and is repeated at this interval while the user types. */
const EXPIRES_MS = 6000;
const REPEAT_MS = 3000;

/** The members that are typing. Signals are not stored, so a member without a new one counts as stopped. */
export class TypingIndicator {
  readonly typingMembers = signal<readonly string[]>([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #sendSignal: (isTyping: boolean) => void;
  #lastSentAt = 0;

  constructor(sendSignal: (isTyping: boolean) => void) {
    this.#sendSignal = sendSignal;
  }

  /** The user changed the text in the message box. */
  onInput(hasText: boolean): void {
    const now = Date.now();
    if (hasText ? now - this.#lastSentAt < REPEAT_MS : this.#lastSentAt === 0) return;
    this.#lastSentAt = hasText ? now : 0;
    this.#sendSignal(hasText);
  }

  /** The user sent the text. The message itself tells other members that the typing has ended. */
  onSend(): void {
    this.#lastSentAt = 0;
  }

  /** Another member sent a signal. */
  onSignal(member: string, data: unknown): void {
    if (typeof data !== "object" || data === null || !("typing" in data)) return;
    this.remove(member);
    if (data.typing !== true) return;
    this.#timers.set(
      member,
      setTimeout(() => this.remove(member), EXPIRES_MS),
    );
    this.typingMembers.value = [...this.typingMembers.value, member];
  }

  remove(member: string): void {
    clearTimeout(this.#timers.get(member));
    if (this.#timers.delete(member))
      this.typingMembers.value = this.typingMembers.value.filter((other) => other !== member);
  }

  clear(): void {
    for (const member of [...this.#timers.keys()]) this.remove(member);
  }
}
