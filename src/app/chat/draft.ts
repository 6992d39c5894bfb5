import { type Signal, signal } from "@preact/signals";
import { load, loadJson, save, saveOrWarn } from "../browser-storage.ts";

/** The text in the message box of a room. */
export class Draft {
  readonly text: Signal<string>;
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
    this.text = signal(loadDraft(room));
  }

  setText(text: string): void {
    this.text.value = text;
    saveDraft(this.#room, text);
  }

  /** Puts text on the line before the current draft. */
  prepend(text: string): void {
    const current = this.text.peek();
    this.setText(current === "" ? text : `${text}\n${current}`);
  }
}

const draftKey = (room: string) => `dormouse.draft ${room}`;

/** Each tab has its own draft, which may be empty. A new tab starts with the latest draft of any tab. */
export function loadDraft(room: string): string {
  const key = draftKey(room);
  const draft = loadJson(key, "sessionStorage") ?? loadJson(key);
  if (typeof draft !== "string") return "";
  save(key, JSON.stringify(draft), "sessionStorage");
  return draft;
}

export function saveDraft(room: string, text: string): void {
  const key = draftKey(room);
  const before = load(key, "sessionStorage");
  const after = JSON.stringify(text);
  // If the new draft does not fit, an outdated one must not stay.
  if (!save(key, after, "sessionStorage")) save(key, "", "sessionStorage");
  if (text !== "") saveOrWarn(key, after);
  else if (before === undefined || load(key) === before) save(key, "");
}
