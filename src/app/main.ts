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
  room?.leave();
  const name = roomOfAddress();
  roomInput.value = name;
  document.title = `${name} · Dormouse`;
  list.replaceChildren();
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

let member: string | undefined;
function memberOf({ state }: Room<Said>): string | undefined {
  if (state.status === "live") member = state.welcome.member;
  return member;
}

async function say(text: string): Promise<void> {
  const item = pendingItem(nameInput.value, text);
  append(item);
  try {
    await room?.publish({ text });
    item.remove();
  } catch (error) {
    markFailed(item, error instanceof Error ? error.message : String(error));
  }
}

find("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = textInput.value;
  textInput.value = "";
  if (text.trim() !== "") void say(text);
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
