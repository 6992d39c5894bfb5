import { effect, signal, untracked } from "@preact/signals";
import { load, save } from "./browser-storage.ts";
import { ChatStore, type Identity } from "./chat/chat-store.ts";
import { refreshRoomsWithPending, roomsWithPending } from "./chat/pending-storage.ts";
import { parseToken } from "./format/token.ts";
import { toPlainLine } from "./format/untrusted-text.ts";
import { preferredName } from "./preferences.ts";
import { arrivedToken, currentRoom, linkedMessage } from "./router.ts";

/** The state of this tab: the open room, panel and dialog, the notice, and the token. */

export type PanelName = "members" | "frames" | "search";
export type DialogName = "rooms" | "settings" | "invite";

export const chatStore = signal<ChatStore | undefined>(undefined);
/** The side panel. `?frames` in the address opens the frames (see side-panel.tsx). */
export const openPanel = signal<PanelName | undefined>(areFramesInAddress() ? "frames" : undefined);
export const openDialog = signal<DialogName | undefined>(undefined);
/** The parts of the list of rooms that are loaded later. */
export const roomListParts = signal<
  typeof import("./components/rooms/room-list-parts.tsx").roomList | undefined
>();
/** How many unread messages of other rooms mention the user. */
export const mentionsElsewhere = signal(0);
/** Why the user's last action failed. A function, so that the text follows a change of language. */
export const notice = signal<(() => string) | undefined>(undefined);
/** Whether the user has a keyboard that does not cover the page. */
export const hasHardwareKeyboard = matchMedia("(hover: hover), (pointer: fine)");
/** Whether the panel covers the conversation. The width is the one in styles/layout.css. */
export const isNarrow = signal(false);
export const isOnline = signal(navigator.onLine);

const TOKEN_KEY = "dormouse.token";

/** The token that the user entered. It identifies the user, so it is stored for this tab only. */
export const token = signal(parseToken(load(TOKEN_KEY, "sessionStorage") ?? ""));

/** The place in `sessionStorage` of the invitation with which this tab entered a room. */
export const invitationKey = (room: string) => `dormouse.invitation ${room}`;

/** Joins again with a token, or as a guest if it is empty. Returns false, and changes nothing, if it cannot be a token. */
export function setToken(input: string): boolean {
  const next = parseToken(input);
  if (next === undefined && input !== "") return false;
  adoptToken(next);
  rejoin();
  if (next !== undefined && chatStore.peek() !== undefined) sendPendingOfOtherRooms();
  return true;
}

/** Keeps a token for the next join. */
export function adoptToken(next: string | undefined): void {
  token.value = next;
  save(TOKEN_KEY, next ?? "", "sessionStorage");
}

export function rejoin(): void {
  const store = chatStore.value;
  store?.join(identityIn(store.roomName));
}

export function areFramesInAddress(): boolean {
  return new URLSearchParams(location.search).has("frames");
}

export function clearNotice(store: ChatStore): void {
  notice.value = undefined;
  store.actionError.value = undefined;
}

export function togglePanel(panel: PanelName): void {
  openPanel.value = openPanel.value === panel ? undefined : panel;
}

/** As whom this tab joins a room: with an invitation to it, with the user's token, or as a guest. */
export function identityIn(room: string): Identity {
  return {
    name: preferredName.value,
    token: load(invitationKey(room), "sessionStorage") ?? token.peek(),
  };
}

/** Sends messages that an earlier page, or a page without a token, left unsent in other rooms. */
function sendPendingOfOtherRooms(): void {
  for (const room of roomsWithPending.peek())
    if (room !== currentRoom.peek()) new ChatStore(room, identityIn(room)).closeWhenSent();
}

/** Keeps the chat store in line with the room of the address and the user's name. Joins nothing while there is no name. */
function watchRoom(): void {
  effect(() => {
    const room = currentRoom.value;
    const name = preferredName.value;
    const store = chatStore.peek();
    if (name === "" || arrivedToken.value !== undefined) return;
    if (store?.roomName === room) {
      clearNotice(store);
      store.setName(name);
    } else {
      if (store === undefined) sendPendingOfOtherRooms();
      store?.closeWhenSent();
      notice.value = undefined;
      chatStore.value = new ChatStore(room, identityIn(room));
    }
  });
  effect(() => {
    const store = chatStore.value;
    const seq = linkedMessage.value;
    // The timeline first scrolls to what is unread.
    if (seq === undefined || store?.roomName !== currentRoom.value || store.isCatchingUp.value) return;
    linkedMessage.value = undefined;
    untracked(() => void store.jump.to(seq));
  });
  effect(() => {
    const unread = mentionsElsewhere.value + (chatStore.value?.readPosition.unreadCount.value ?? 0);
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${toPlainLine(currentRoom.value)} · Dormouse`;
  });
}

function watchWindow(): void {
  const narrow = matchMedia("(max-width: 60rem)");
  const update = () => {
    isNarrow.value = narrow.matches;
  };
  update();
  narrow.addEventListener("change", update);
  for (const type of ["online", "offline"]) {
    addEventListener(type, () => {
      isOnline.value = navigator.onLine;
    });
  }
}

/** Follows what other tabs store. */
function watchStorage(): void {
  addEventListener("storage", () => {
    refreshRoomsWithPending();
    chatStore.peek()?.pending.syncStorage();
    chatStore.peek()?.readPosition.syncStorage();
  });
}

export function watchPageState(): void {
  watchRoom();
  watchWindow();
  watchStorage();
}
