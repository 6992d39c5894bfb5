import { effect, signal } from "@preact/signals";
import { session } from "../../session.ts";

/** A message that the operator writes. `id`: that of an attempt that may have landed. */
export type Draft = { text: string; isJson: boolean; id: string | undefined };

const EMPTY: Draft = { text: "", isJson: false, id: undefined };

/** The one draft of the page. It outlives its form, because the token can end while somebody writes. */
const kept = signal<(Draft & { room: string; member: unknown }) | undefined>(undefined);

/** The draft of a room, which is empty unless the same member wrote in it last. */
export function draftOf(room: string): Draft {
  const draft = kept.value;
  return draft?.room === room && draft.member === memberOf(session.value) ? draft : EMPTY;
}

/**
 * Keeps what the operator has written. An empty one forgets it.
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

// After a sign-out, and for another member, there is nothing to find.
effect(() => {
  const state = session.value;
  const isSignedOut = state.status === "out" && state.refusal === undefined;
  const isAnother = state.status === "in" && memberOf(state) !== kept.peek()?.member;
  if (isSignedOut || isAnother) kept.value = undefined;
});

function memberOf(state: typeof session.value): unknown {
  return state.status === "in" ? state.claims.sub : undefined;
}
