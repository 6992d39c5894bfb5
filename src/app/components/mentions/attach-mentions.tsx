import { render } from "preact";
import type { ChatStore } from "../../chat/chat-store.ts";
import { type KnownMember, knownMembers } from "../../chat/known-members.ts";
import { resolveMentions } from "../../chat/mention-names.ts";
import { MAX_MENTIONS } from "../../chat/mentions.ts";
import { candidatesFor, type MentionQuery, mentionQueryAt } from "./mention-candidates.ts";
import { LIST_ID, MentionList, optionId } from "./mention-list.tsx";

/** The key code during input-method composition. Safari does not set `isComposing` on the Enter that ends it. */
const COMPOSITION_KEY_CODE = 229;

/** Offers the members of the room when the user types an @ in the message box. @returns a function that ends that */
export function attachMentions(input: HTMLTextAreaElement, store: ChatStore): () => void {
  const host = document.createElement("div");
  const chosen = new Map<string, string[]>();
  let query: MentionQuery | undefined;
  /** The @ whose list the user has closed. */
  let dismissed: number | undefined;
  let members: readonly KnownMember[] = [];
  let active = 0;

  const show = () => {
    const isOpen = members.length > 0;
    if (isOpen) {
      input.form?.append(host);
      render(<MentionList members={members} active={active} onPick={pick} />, host);
      host.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    } else {
      render(null, host);
      host.remove();
    }
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "true",
      "aria-controls": LIST_ID,
      "aria-activedescendant": optionId(active),
    };
    for (const [name, value] of Object.entries(attributes))
      if (isOpen) input.setAttribute(name, value);
      else input.removeAttribute(name);
  };
  const close = () => {
    members = [];
    show();
  };
  const update = () => {
    query = mentionQueryAt(input.value, input.selectionEnd);
    if (query?.at !== dismissed) dismissed = undefined;
    const isShown = query !== undefined && dismissed === undefined && input === document.activeElement;
    const others = isShown ? knownMembers(store).filter(({ id }) => id !== store.selfId.peek()) : [];
    members = candidatesFor(others, query?.text ?? "");
    active = 0;
    if (members.length > 0 || host.isConnected) show();
  };
  const pick = ({ id, name }: KnownMember) => {
    if (query === undefined) return;
    chosen.set(name, [...(chosen.get(name) ?? []), id]);
    dismissed = query.at;
    input.focus();
    input.setRangeText(`@${name} `, query.at, query.at + 1 + query.text.length, "end");
    close();
    // The message box takes over the text.
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isComposing = event.isComposing || event.keyCode === COMPOSITION_KEY_CODE;
    if (event.target !== input || isComposing || members.length === 0) return;
    const count = members.length;
    const member = members[active];
    const { key, shiftKey } = event;
    if (key === "ArrowDown") active = (active + 1) % count;
    else if (key === "ArrowUp") active = (active + count - 1) % count;
    else if (key === "Escape") {
      dismissed = query?.at;
      members = [];
    } else if ((key === "Enter" || key === "Tab") && !shiftKey && member !== undefined) pick(member);
    else return;
    event.preventDefault();
    event.stopPropagation();
    show();
  };

  store.mode.mentionsIn = (text, before) => {
    const known = new Map<string, string[]>();
    for (const { id, name } of knownMembers(store)) known.set(name, [...(known.get(name) ?? []), id]);
    const ids = resolveMentions(text, { known, chosen, ...(before && { before }) });
    if (before === undefined) chosen.clear();
    const knownIds = new Set([...known.values()].flat());
    // Members whose names the page does not know are still in the text, as far as it can tell.
    const unknown = text.includes("@") ? (before ?? []).filter((id) => !knownIds.has(id)) : [];
    return [...ids, ...unknown].slice(0, MAX_MENTIONS);
  };
  const events = new AbortController();
  const { signal } = events;
  input.addEventListener("input", (event) => (event as InputEvent).isComposing || update(), { signal });
  for (const type of ["compositionend", "click", "keyup"])
    input.addEventListener(type, (event) => isCaretMove(event) && update(), { signal });
  input.addEventListener("blur", close, { signal });
  // Before the message box, which would send the text.
  input.form?.addEventListener("keydown", onKeyDown, { signal, capture: true });
  return () => {
    events.abort();
    store.mode.mentionsIn = undefined;
    close();
  };
}

/** Typed keys are input events. */
function isCaretMove(event: Event): boolean {
  return !(event instanceof KeyboardEvent) || /^(?:Arrow(?:Left|Right)|Home|End)$/.test(event.key);
}
