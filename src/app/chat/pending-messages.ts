import { type Signal, signal } from "@preact/signals";
import type { CoreRoom, RoomError } from "../../client/core.ts";
import type { FrameRecorder } from "../frames/frame-recorder.ts";
import type { TextData } from "./chat-message.ts";
import {
  isPendingStored,
  loadPending,
  newMessageId,
  type PendingChatMessage,
  removePending,
  savePending,
} from "./pending-storage.ts";

const PROGRESS_INTERVAL_MS = 120;

/** Publishes the user's messages in one room, and keeps each until the service acknowledges it. */
export class PendingMessages {
  readonly messages: Signal<readonly PendingChatMessage[]>;
  /** How much of each file has left the browser, from 0 to 1, by message id. */
  readonly progress = signal<ReadonlyMap<string, number>>(new Map());
  readonly #roomName: string;
  readonly #recorder: FrameRecorder;
  readonly #onIdle: () => void;
  readonly #publishing = new Set<Promise<void>>();
  /** The ids of messages that this tab stored or loaded. */
  readonly #storedIds: Set<string>;
  #room: CoreRoom<TextData> | undefined;
  #progressTimer: ReturnType<typeof setInterval> | undefined;

  /** @param onIdle called when the last publish in flight has settled */
  constructor(roomName: string, recorder: FrameRecorder, onIdle: () => void) {
    this.messages = signal(loadPending(roomName));
    this.#storedIds = new Set(this.messages.peek().map(({ id }) => id));
    this.#roomName = roomName;
    this.#recorder = recorder;
    this.#onIdle = onIdle;
  }

  get isIdle(): boolean {
    return this.#publishing.size === 0;
  }

  /** Publishes over this connection from now on, starting with the messages that wait, under the ids that they have. */
  useRoom(room: CoreRoom<TextData>): void {
    this.#room = room;
    this.syncStorage();
    for (const message of this.messages.peek()) if (message.error === undefined) this.#publish(message);
  }

  add(content: PendingChatMessage["content"]): void {
    const message: PendingChatMessage = { id: newMessageId(), at: Date.now(), content };
    this.#save(message);
    this.messages.value = [...this.messages.value, message];
    this.#publish(message);
  }

  retry(id: string): void {
    const message = this.messages.value.find((pending) => pending.id === id);
    if (message === undefined) return;
    const { error: _, ...withoutError } = message;
    this.#update(withoutError);
    this.#publish(withoutError);
  }

  discard(id: string): void {
    removePending(this.#roomName, id);
    this.removeAll(new Set([id]));
  }

  /** Drops messages that another tab discarded or sent. A message that could not be stored exists in this tab only and stays. */
  syncStorage(): void {
    this.removeAll(new Set([...this.#storedIds].filter((id) => !isPendingStored(this.#roomName, id))));
  }

  /** Removes messages from the list, for example once they are in the timeline. Storage is not changed. */
  removeAll(ids: ReadonlySet<string>): void {
    const rest = this.messages.value.filter(({ id }) => !ids.has(id));
    if (rest.length < this.messages.value.length) this.messages.value = rest;
  }

  #publish({ id, content }: PendingChatMessage): void {
    const room = this.#room;
    if (room === undefined) return;
    if (typeof content !== "string") this.#startProgress();
    const done = room
      .publish(typeof content === "string" ? { text: content } : content, { id })
      .then(() => this.discard(id))
      .catch(({ code, message }: RoomError) => {
        // A closed room refused the user, not this message. The message waits until the user can join again.
        const pending = this.messages.value.find((one) => one.id === id);
        if (room.state.status !== "closed" && pending !== undefined)
          this.#update({ ...pending, error: { code, message } });
      })
      .finally(() => {
        this.#publishing.delete(done);
        if (this.isIdle) this.#onIdle();
      });
    this.#publishing.add(done);
  }

  #update(message: PendingChatMessage): void {
    this.#save(message);
    this.messages.value = this.messages.value.map((pending) =>
      pending.id === message.id ? message : pending,
    );
  }

  #save(message: PendingChatMessage): void {
    if (savePending(this.#roomName, message)) this.#storedIds.add(message.id);
  }

  /** Polls, since a socket fires no event when bytes leave the browser. */
  #startProgress(): void {
    this.#progressTimer ??= setInterval(() => {
      this.progress.value = this.#currentProgress();
      if (!this.isIdle) return;
      clearInterval(this.#progressTimer);
      this.#progressTimer = undefined;
    }, PROGRESS_INTERVAL_MS);
  }

  #currentProgress(): ReadonlyMap<string, number> {
    // The SDK hands the socket one large message at a time: the first one that waits.
    const first = this.messages.value.find(({ error }) => error === undefined);
    if (this.#room?.state.status !== "live" || first === undefined || typeof first.content === "string")
      return new Map();
    return new Map([[first.id, uploadProgress(first.content.length, this.#recorder.bufferedBytes)]]);
  }
}

/** How much of a message has left the browser, from 0 to 1. */
export function uploadProgress(size: number, bufferedBytes: number): number {
  return size === 0 ? 1 : 1 - Math.min(size, bufferedBytes) / size;
}
