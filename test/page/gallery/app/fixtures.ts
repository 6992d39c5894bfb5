import { batch } from "@preact/signals";
import type { ChatMessage, MessageContent } from "../../../../src/app/chat/chat-message.ts";
import { ChatStore } from "../../../../src/app/chat/chat-store.ts";
import type { PendingChatMessage } from "../../../../src/app/chat/pending-storage.ts";
import type { ConnectionState, Member } from "../../../../src/client/core.ts";
import { NOW } from "./environment.ts";

/** Data for the components: a chat store of a room that nobody has joined, and messages. */

const MINUTE = 60_000;
export const ROOM = "harbour";
export const LONG_NAME = "Leïla Haddad of the Department of Names That Do Not Fit Anywhere";

export const ADA: Member = { member: "guest_ada", name: "Ada Lovelace", state: null };
export const MIRA: Member = { member: "guest_mira", name: "Mira Okafor", state: null };
export const SIYUAN: Member = { member: "guest_siyuan", name: "陈思远", state: null };
export const LEILA: Member = { member: "guest_leila", name: LONG_NAME, state: null };

type State = Partial<{
  messages: readonly ChatMessage[];
  pending: readonly PendingChatMessage[];
  members: readonly Member[];
  connection: ConnectionState;
}>;

type Capabilities = Extract<ConnectionState, { status: "live" }>["welcome"]["can"];

export function live(can: Capabilities = ["read", "publish", "signal"], seq = 40): ConnectionState {
  const limits = {
    messageBytes: 262_144,
    nameChars: 64,
    idChars: 64,
    historyMessages: 500,
    publishRate: 10,
    publishBurst: 20,
    signalRate: 10,
    signalBurst: 20,
    signalBytes: 1024,
    stateBytes: 1024,
  };
  const { member, name } = ADA;
  return {
    status: "live",
    attempt: 0,
    since: NOW,
    welcome: {
      type: "welcome",
      session: "session",
      member,
      name,
      epoch: "epoch",
      seq,
      resumed: false,
      can,
      heartbeat: 30,
      limits,
      members: [],
      count: 1,
    },
  };
}

/** The real chat store, in a state that its room never told it. */
export function storeWith({
  messages = [],
  pending = [],
  members = [ADA, MIRA, SIYUAN],
  connection,
}: State = {}) {
  const store = new ChatStore(ROOM, { name: ADA.name, token: undefined });
  store.room?.leave();
  // Its timeline is empty, and would take the messages away again.
  store.pending.show = () => {};
  batch(() => {
    store.connectionState.value = connection ?? live();
    store.selfId.value = ADA.member;
    store.isCatchingUp.value = false;
    store.messages.value = messages;
    store.pending.messages.value = pending;
    store.members.value = [...members];
    store.memberCount.value = members.length;
    store.hasMemberList.value = true;
    store.readPosition.lastRead.value = messages.at(-1)?.seq ?? 0;
  });
  return store;
}

/** A message of a member, one minute after the one with the seq before. */
export function from(
  { member, name }: Member,
  seq: number,
  content: string | MessageContent,
  more: Partial<ChatMessage> = {},
): ChatMessage {
  return {
    id: `m${seq}`,
    seq,
    at: NOW - (60 - seq) * MINUTE,
    from: member,
    name,
    content: typeof content === "string" ? { kind: "text", text: content } : content,
    isEdited: false,
    ...(typeof content === "string" && { data: { text: content } }),
    ...more,
  };
}

export function waiting(
  id: string,
  content: PendingChatMessage["content"],
  more: Partial<PendingChatMessage> = {},
): PendingChatMessage {
  return { id, at: NOW, content, ...more };
}

/** An image of 24 by 16 pixels: dunes at night. */
export const IMAGE =
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAaUlEQVR4Aa3B0QmDYAyF0e8PGSMBH0so6BxCJ3GeTtJVigvYQQTBt7Yo3nNaN4woGCLOee/XxOb+eLIzRAyR1g0jCs4ZWcEPzjFZwV+eFWyW+cM3WcEBzi4ruMAQMURa9DcUDBFDxBBZAR9vCVsyNznuAAAAAElFTkSuQmCC";

export function image(name: string, width: number, height: number): MessageContent {
  return { kind: "file", file: { name, type: "image/png", width, height, bytes: fromBase64(IMAGE) } };
}

export function file(name: string, size = 48_000): MessageContent {
  return { kind: "file", file: { name, type: "application/pdf", bytes: new Uint8Array(size) } };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
