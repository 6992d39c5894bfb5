import { effect, signal } from "@preact/signals";
import { roomName } from "./address.ts";
import { flat, tokenOf } from "./format/safe.ts";
import { keep, load } from "./kept.ts";
import { myName } from "./settings.ts";
import { Talk, type Who } from "./talk/talk.ts";
import { lookForWaiting, waiting } from "./talk/unsent.ts";

/** What is open in this tab. */

export type Panel = "people" | "frames";
export type Open = "rooms" | "settings" | "invite";

export const talk = signal<Talk | undefined>(undefined);
export const panel = signal<Panel | undefined>(undefined);
export const open = signal<Open | undefined>(undefined);
/** Says what went wrong with the last thing that was done here, in the reader's language of the moment. */
export const notice = signal<(() => string) | undefined>(undefined);
/** Whether there is a keyboard that does not cover the page. */
export const hasKeyboard = matchMedia("(hover: hover), (pointer: fine)");
/** Whether the panel lies over the conversation rather than beside it; the same width as in the style. */
export const isNarrow = signal(false);
export const isOnline = signal(navigator.onLine);

const TOKEN_KEY = "dormouse.token";

/** What this person was given to enter with, if anything. Kept for this tab only: it says who one is. */
export const token = signal(tokenOf(load(TOKEN_KEY, "sessionStorage") ?? ""));

/** Whether this can be a token at all. Where it cannot, nothing is changed. An empty one: as a guest again. */
export function enterWith(given: string): boolean {
  const next = tokenOf(given);
  if (next === undefined && given !== "") return false;
  token.value = next;
  keep(TOKEN_KEY, next ?? "", "sessionStorage");
  rejoin();
  if (next !== undefined) sendElsewhere();
  return true;
}

export function rejoin(): void {
  talk.value?.join(whoAmI());
}

/** Takes away what is said of an earlier deed: it was put away, or another follows. */
export function clearNotice(of: Talk): void {
  notice.value = undefined;
  of.refused.value = undefined;
}

export function toggle(which: Panel): void {
  panel.value = panel.value === which ? undefined : which;
}

function whoAmI(): Who {
  return { name: myName.value, token: token.peek() };
}

/** What was said in other rooms than the open one, and was not sent before the page was shut or for want of a token, goes out. */
function sendElsewhere(): void {
  for (const room of waiting.peek()) if (room !== roomName.peek()) new Talk(room, whoAmI()).retire();
}

/** Enters the room of the address, once there is a name to enter it under, and follows both from then on. */
export function followRoom(): void {
  effect(() => {
    const room = roomName.value;
    const name = myName.value;
    const current = talk.peek();
    if (name === "") return;
    if (current?.room === room) {
      clearNotice(current);
      current.rename(name);
    } else {
      if (current === undefined) sendElsewhere();
      current?.retire();
      notice.value = undefined;
      talk.value = new Talk(room, whoAmI());
    }
  });
  effect(() => {
    const unread = talk.value?.reading.unread.value ?? 0;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${flat(roomName.value)} · Dormouse`;
  });
  const narrow = matchMedia("(max-width: 60rem)");
  const look = () => {
    isNarrow.value = narrow.matches;
  };
  look();
  narrow.addEventListener("change", look);
  for (const type of ["online", "offline"]) {
    addEventListener(type, () => {
      isOnline.value = navigator.onLine;
    });
  }
  addEventListener("storage", () => {
    lookForWaiting();
    talk.peek()?.outgoing.look();
    talk.peek()?.reading.look();
  });
}
