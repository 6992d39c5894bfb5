import { effect, signal } from "@preact/signals";
import { loadJson, save } from "../../../app/browser-storage.ts";
import { session } from "../../session.ts";

/** The draft while nobody is signed in, which this tab keeps over the way to a sign-in page and back. */
const KEY = "dormouse.admin-draft";

/** A message that the operator writes. `id`: that of an attempt that may have landed. */
export type Draft = { text: string; isJson: boolean; id: string | undefined };

const EMPTY: Draft = { text: "", isJson: false, id: undefined };

type Kept = Draft & { room: string; member: unknown };

/** The one draft of the page. It outlives its form, because the token can end while somebody writes. */
const kept = signal<Kept | undefined>(storedDraft());

/** The draft of a room, which is empty unless the same member wrote in it last. */
export function draftOf(room: string): Draft {
  const draft = kept.value;
  return draft?.room === room && draft.member === memberOf(session.value) ? draft : EMPTY;
}

/**
 * Keeps what the operator has written.
 * @example keepDraft("lobby", { ...draftOf("lobby"), text: "hello", id: undefined });
 */
export function keepDraft(room: string, draft: Draft): void {
  kept.value = { ...draft, room, member: memberOf(session.peek()) };
}

/** Forgets the text of a message that was published, unless the operator has changed it meanwhile. */
export function dropPublished(room: string, id: string): void {
  const draft = kept.peek();
  if (draft?.room === room && draft.id === id) kept.value = { ...draft, text: "", id: undefined };
}

let isStart = true;

effect(() => {
  const state = session.value;
  const draft = kept.peek();
  const isEnded = state.status === "out" && state.refusal === "sessionEnded";
  if (isEnded && draft !== undefined) save(KEY, JSON.stringify(draft), "sessionStorage");
  if (state.status === "in") save(KEY, "", "sessionStorage");
  // After a sign-out, and for another member, there is nothing to find. At its start, the page does not know yet who comes.
  const isSignedOut = state.status === "out" && state.refusal === undefined && !isStart;
  const isAnother = state.status === "in" && memberOf(state) !== draft?.member;
  if (isSignedOut || isAnother) kept.value = undefined;
  if (isSignedOut) save(KEY, "", "sessionStorage");
  isStart = false;
});

/** Undefined where another page of this origin wrote something else. */
function storedDraft(): Kept | undefined {
  const { text, isJson, id, room, member } = Object(loadJson(KEY, "sessionStorage"));
  if (typeof text !== "string" || typeof room !== "string") return undefined;
  return { text, isJson: isJson === true, id: typeof id === "string" ? id : undefined, room, member };
}

function memberOf(state: typeof session.value): unknown {
  return state.status === "in" ? state.claims.sub : undefined;
}
