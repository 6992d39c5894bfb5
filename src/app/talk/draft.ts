import { type Signal, signal } from "@preact/signals";
import { keep, keepOrTell, load, loadJson } from "../kept.ts";

/** What stands in the message box of a room. */
export class Draft {
  readonly text: Signal<string>;
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
    this.text = signal(loadDraft(room));
  }

  write(text: string): void {
    this.text.value = text;
    keepDraft(this.#room, text);
  }

  /** Puts text that was there once before what is there now. */
  putBack(text: string): void {
    const now = this.text.peek();
    this.write(now === "" ? text : `${text}\n${now}`);
  }
}

const draftKey = (room: string) => `dormouse.draft ${room}`;

/**
 * Each tab has a draft of its own, and remembers that it is empty. What was typed last in any of them is what a new tab
 * begins with.
 */
export function loadDraft(room: string): string {
  const key = draftKey(room);
  const draft = loadJson(key, "sessionStorage") ?? loadJson(key);
  if (typeof draft !== "string") return "";
  keep(key, JSON.stringify(draft), "sessionStorage");
  return draft;
}

export function keepDraft(room: string, text: string): void {
  const key = draftKey(room);
  const before = load(key, "sessionStorage");
  const after = JSON.stringify(text);
  // Rather none than one that is out of date.
  if (!keep(key, after, "sessionStorage")) keep(key, "", "sessionStorage");
  if (text !== "") keepOrTell(key, after);
  else if (before === undefined || load(key) === before) keep(key, "");
}
