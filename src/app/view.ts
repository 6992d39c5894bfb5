import type { ConnectionState, RoomMessage } from "../client/index.ts";

/** What this page sends. Others may send anything: a plain socket sends strings. */
export type Said = { text: string };

/** Nothing of a message ever becomes markup: text goes in as text nodes only. */
function element(tag: string, className: string, text: string): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function textOf(message: RoomMessage<unknown>): string {
  if (message.bytes !== undefined) return `(${message.bytes.length} bytes)`;
  const { data } = message;
  if (typeof data === "string") return data;
  if (typeof data === "object" && data !== null && "text" in data && typeof data.text === "string")
    return data.text;
  return JSON.stringify(data);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function messageItem(message: RoomMessage<unknown>, own: boolean): HTMLElement {
  const time = document.createElement("time");
  time.dateTime = new Date(message.at).toISOString();
  time.textContent = clock.format(message.at);
  return item(own ? "own" : "", message.name, time, textOf(message));
}

/** A message of one's own that is on its way. */
export function pendingItem(name: string, text: string): HTMLElement {
  return item("own pending", name, element("span", "mark", "sending…"), text);
}

/** Marks a message of one's own as refused. */
export function markFailed(node: HTMLElement, why: string): void {
  node.className = "own failed";
  const mark = node.querySelector(".mark");
  if (mark !== null) mark.textContent = `not sent: ${why}`;
}

/** A line of the page's own among the messages. */
export function noteItem(text: string): HTMLElement {
  return element("li", "note", text);
}

function item(className: string, name: string, aside: HTMLElement, text: string): HTMLElement {
  const node = element("li", className, "");
  const who = element("div", "who", "");
  who.append(element("b", "", name), aside);
  node.append(who, element("p", "text", text));
  return node;
}

export function stateText(state: ConnectionState, now: number): string {
  switch (state.status) {
    case "connecting":
      return "Connecting…";
    case "live":
      return `Connected as ${state.welcome.name}`;
    case "waiting":
      return `Not connected; next attempt in ${Math.max(1, Math.ceil((state.until - now) / 1000))} s`;
    case "closed":
      return `Not connected: ${state.reason}`;
  }
}
