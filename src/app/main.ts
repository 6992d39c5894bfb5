import { joinRoom, type Room } from "../client/index.ts";
import { markFailed, messageItem, noteItem, pendingItem, type Said, stateText } from "./view.ts";

const HISTORY = 100;
const NAME_KEY = "dormouse.name";
/** How far from the end a reader may be and still be taken along with what is new, in pixels. */
const FOLLOW_PX = 80;

function find<E extends Element>(selector: string): E {
  const node = document.querySelector<E>(selector);
  if (node === null) throw new Error(`The page has no ${selector}.`);
  return node;
}

const main = find<HTMLElement>("main");
const list = find<HTMLOListElement>("#messages");
const empty = find<HTMLElement>("#empty");
const status = find<HTMLElement>("#state");
const roomInput = find<HTMLInputElement>("#room");
const nameInput = find<HTMLInputElement>("#name");
const textInput = find<HTMLInputElement>("#text");

let room: Room<Said> | undefined;
let stopClock = () => {};

/** Room names come from the address; one that is not percent-encoded right is taken as it stands. */
function roomOfAddress(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash) || "lobby";
  } catch {
    return hash;
  }
}

function append(node: HTMLElement): void {
  const follow = main.scrollHeight - main.scrollTop - main.clientHeight < FOLLOW_PX;
  // What is still on its way stays below what has arrived.
  const pending = node.classList.contains("pending") ? null : list.querySelector(".pending");
  list.insertBefore(node, pending);
  empty.hidden = true;
  if (follow) main.scrollTop = main.scrollHeight;
}

function showState(joined: Room<Said>): void {
  status.dataset.status = joined.state.status;
  status.textContent = stateText(joined.state, Date.now());
  clearInterval(timer);
  if (joined.state.status !== "waiting") return;
  timer = setInterval(() => {
    status.textContent = stateText(joined.state, Date.now());
  }, 500);
}
let timer: ReturnType<typeof setInterval> | undefined;

function enter(): void {
  stopClock();
  const name = roomOfAddress();
  // Under another name in the same room, what is on its way stays in view.
  const pending = room?.name === name ? list.querySelectorAll(".pending") : [];
  if (room !== undefined) retire(room);
  roomInput.value = name;
  document.title = `${name} · Dormouse`;
  list.replaceChildren(...pending);
  empty.hidden = true;
  const joined = joinRoom<Said>(name, { name: nameInput.value, history: HISTORY });
  const stops = [
    joined.on("state", (state) => {
      showState(joined);
      if (state.status === "live") empty.hidden = state.welcome.seq > 0 || list.childElementCount > 0;
    }),
    joined.on("message", (message) => append(messageItem(message, message.from === memberOf(joined)))),
    joined.on("gap", ({ reason }) => {
      if (reason === "epoch" || reason === "ahead")
        list.replaceChildren(...list.querySelectorAll(".pending"));
      append(noteItem("Some messages that were sent meanwhile cannot be shown."));
    }),
    joined.on("error", (error) => append(noteItem(error.message))),
  ];
  stopClock = () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
  room = joined;
  showState(joined);
}

/** A room that is left stays connected until all that was said in it has arrived. */
function retire(left: Room<Said>): void {
  void Promise.allSettled(unsent.get(left) ?? []).then(() => left.leave());
}

/** What was said in a room and is not known to have arrived. */
const unsent = new Map<Room<Said>, Set<Promise<unknown>>>();

let member: string | undefined;
function memberOf({ state }: Room<Said>): string | undefined {
  if (state.status === "live") member = state.welcome.member;
  return member;
}

async function say(joined: Room<Said>, text: string): Promise<void> {
  const item = pendingItem(nameInput.value, text);
  append(item);
  const published = joined.publish({ text });
  const others = unsent.get(joined) ?? new Set();
  unsent.set(joined, others.add(published));
  try {
    await published;
    item.remove();
  } catch (error) {
    markFailed(item, error instanceof Error ? error.message : String(error));
    // The room may have been left meanwhile, and its messages with it.
    if (!item.isConnected) append(item);
  } finally {
    others.delete(published);
  }
}

find("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = textInput.value;
  textInput.value = "";
  if (room !== undefined && text.trim() !== "") void say(room, text);
});

find("#room-form").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = encodeURIComponent(roomInput.value.trim() || "lobby");
  textInput.focus();
});

find("#name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  localStorage.setItem(NAME_KEY, nameInput.value);
  enter();
  textInput.focus();
});

addEventListener("hashchange", enter);

nameInput.value = localStorage.getItem(NAME_KEY) ?? "";
if (nameInput.value === "") nameInput.focus();
else textInput.focus();
enter();
