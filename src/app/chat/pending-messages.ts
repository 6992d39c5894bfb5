import { signal } from "@preact/signals";
import { type CoreRoom, RoomError, type Timeline, type TimelineItem } from "../../client/core.ts";
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
import type { Reply } from "./reply.ts";

const PROGRESS_INTERVAL_MS = 120;

/**
 * The user's messages in one room that the service has not acknowledged. The timeline of the client sends them and keeps them in order.
 * This class stores each until then, so that it survives the page.
 */
export class PendingMessages {
  readonly messages = signal<readonly PendingChatMessage[]>([]);
  /** How much of each file has left the browser, from 0 to 1, by message id. */
  readonly progress = signal<ReadonlyMap<string, number>>(new Map());
  readonly #roomName: string;
  readonly #recorder: FrameRecorder;
  readonly #onIdle: () => void;
  readonly #publishing = new Set<Promise<unknown>>();
  readonly #byId: Map<string, PendingChatMessage>;
  /** The ids of messages that this tab stored or loaded. */
  readonly #storedIds: Set<string>;
  #room: CoreRoom<TextData> | undefined;
  #timeline: Timeline<TextData> | undefined;
  #progressTimer: ReturnType<typeof setInterval> | undefined;

  /** @param onIdle called when the last publish in flight has settled */
  constructor(roomName: string, recorder: FrameRecorder, onIdle: () => void) {
    this.#byId = new Map(loadPending(roomName).map((message) => [message.id, message]));
    this.#storedIds = new Set(this.#byId.keys());
    this.#roomName = roomName;
    this.#recorder = recorder;
    this.#onIdle = onIdle;
  }

  get isIdle(): boolean {
    return this.#publishing.size === 0;
  }

  /** Publishes over this connection from now on, starting with the messages that wait, under the ids that they have. */
  useRoom(room: CoreRoom<TextData>, timeline: Timeline<TextData>): void {
    this.#room = room;
    this.#timeline = timeline;
    room.on("publish", ({ id, published }) => this.#track(room, id, published));
    this.syncStorage();
    for (const message of this.#byId.values()) {
      const { id, error } = message;
      if (error === undefined) this.#publish(message);
      else timeline.restore(id, dataOf(message), new RoomError(error.code, error.message));
    }
  }

  add(content: PendingChatMessage["content"], reply?: Reply, mentions: readonly string[] = []): void {
    const message: PendingChatMessage = {
      id: newMessageId(),
      at: Date.now(),
      content,
      ...(reply && { reply }),
      ...(mentions.length > 0 && { mentions }),
    };
    this.#save(message);
    this.#publish(message);
  }

  retry(id: string): void {
    this.#timeline?.retry(id);
  }

  discard(id: string): void {
    removePending(this.#roomName, id);
    this.#forget(id);
  }

  /** Drops messages that another tab discarded or sent. A message that could not be stored exists in this tab only and stays. */
  syncStorage(): void {
    for (const id of this.#storedIds) if (!isPendingStored(this.#roomName, id)) this.#forget(id);
  }

  /** Shows those of the timeline's items that the room does not have yet. */
  show(items: readonly TimelineItem[] = this.#timeline?.getSnapshot().messages ?? []): void {
    const ids = new Set(items.map(({ id }) => id));
    // The timeline leaves out a failed message while it does not hold its place.
    const failed = [...this.#byId.values()].filter(({ id, error }) => error !== undefined && !ids.has(id));
    const pending = items.flatMap(({ id, at }) => (at === undefined ? (this.#byId.get(id) ?? []) : []));
    const next = [...failed, ...pending];
    const before = this.messages.peek();
    if (next.length !== before.length || next.some((message, i) => message !== before[i]))
      this.messages.value = next;
  }

  #publish(message: PendingChatMessage): void {
    if (typeof message.content !== "string") this.#startProgress();
    void this.#room?.publish(dataOf(message), { id: message.id });
  }

  /** Follows a publish, also one that the timeline repeats. */
  #track(room: CoreRoom<TextData>, id: string, published: Promise<unknown>): void {
    const message = this.#byId.get(id);
    if (message?.error !== undefined) {
      const { error: _, ...withoutError } = message;
      this.#save(withoutError);
    }
    const done = published
      .then(
        () => this.discard(id),
        ({ code, message }: RoomError) => {
          const pending = this.#byId.get(id);
          // A closed room refused the user, not this message. The message waits until the user can join again.
          if (room.state.status === "closed" || pending === undefined) return;
          this.#save({ ...pending, error: { code, message } });
          this.show();
        },
      )
      .finally(() => {
        this.#publishing.delete(done);
        if (this.isIdle) this.#onIdle();
      });
    this.#publishing.add(done);
  }

  #save(message: PendingChatMessage): void {
    this.#byId.set(message.id, message);
    if (savePending(this.#roomName, message)) this.#storedIds.add(message.id);
  }

  #forget(id: string): void {
    this.#storedIds.delete(id);
    this.#byId.delete(id);
    this.#timeline?.discard(id);
    this.show();
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

const dataOf = ({ content, reply, mentions }: PendingChatMessage) =>
  typeof content === "string"
    ? { text: content, ...(reply && { reply }), ...(mentions && { mentions }) }
    : content;

/** How much of a message has left the browser, from 0 to 1. */
export function uploadProgress(size: number, bufferedBytes: number): number {
  return size === 0 ? 1 : 1 - Math.min(size, bufferedBytes) / size;
}
