import type { ChatMessage } from "../../../src/app/chat/chat-message.ts";

/** The part of browser storage that the page uses. It rejects values of more than 1000 characters, like a full disk. */
class FakeStorage {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? String(this[key]) : null;
  }
  setItem(key: string, value: string): void {
    if (value.length > 1000) throw new Error("full");
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

/** Gives the test empty storage, as in a new browser. */
export function resetStorage(): void {
  Object.assign(globalThis, { localStorage: new FakeStorage() });
  openNewTab();
}

/** Clears the storage of the tab. */
export function openNewTab(): void {
  Object.assign(globalThis, { sessionStorage: new FakeStorage() });
}

const NOON = new Date(2026, 10, 22, 12).getTime();

export function message(seq: number, from = "a", at = NOON + seq): ChatMessage {
  return {
    id: `m${seq}`,
    seq,
    at,
    from,
    name: from,
    content: { kind: "text", text: `${seq}` },
    isEdited: false,
  };
}

export function messages(first: number, last: number): ChatMessage[] {
  return Array.from({ length: last - first + 1 }, (_, i) => message(first + i));
}
