import { formatCursor, parseCursor } from "../../protocol/cursor.ts";
import type { ConnectionState } from "../connection/connection-state.ts";
import type { CoreRoom } from "../core-room.ts";
import type { Gap } from "../delivery/sequence-tracker.ts";
import { Emitter } from "../emitter.ts";
import type { OwnPublish } from "../events.ts";
import { PAGE_LIMIT, TIMELINE_LIMIT } from "../limits.ts";
import type { RoomMessage } from "../message.ts";
import type { JoinOptions } from "../options.ts";
import { applyOperation } from "./fold.ts";
import { itemOf, type SentItem, type TimelineItem } from "./item.ts";
import { loadPage } from "./load-page.ts";
import { PendingItems } from "./pending-items.ts";
import { MessageWindow, type PageEnd } from "./window.ts";

/** The content of a timeline. It is the same object until something changes, and so is each of its messages. */
export type TimelineSnapshot<Message = unknown> = {
  /** The messages in order; this client's own that are not stored yet come last. */
  readonly messages: readonly TimelineItem<Message>[];
  /** Whether the room has older messages: see `loadOlder()`. */
  readonly hasOlder: boolean;
  /** Whether the timeline dropped newer messages while it loaded older ones: see `loadNewer()` and `loadLatest()`. */
  readonly hasNewer: boolean;
  /** Whether messages are on their way: the history of a fresh join, or a page. */
  readonly isLoading: boolean;
  /** The seq of the first message of another member that this client has not read: see `markRead()`. */
  readonly unreadFrom?: number;
};

type TimelineRoom<Message> = Pick<CoreRoom<Message>, "on" | "history" | "publish" | "state" | "cursor">;

/**
 * The messages of a room as a store for views. It folds edits, deletions, reactions and appends into their targets, and holds this client's
 * own messages from the moment they are published. It keeps at most 1,000 messages, or 16 MiB, and loads others again.
 */
export class Timeline<Message = unknown> {
  readonly #room: TimelineRoom<Message>;
  readonly #history: number;
  /** A page is at most half of the window, so that a view keeps some of what it shows. */
  readonly #maxPage: number;
  readonly #window: MessageWindow<Message>;
  readonly #pending = new PendingItems<Message>(() => this.#changed());
  readonly #events = new Emitter<{ change: undefined }>();
  #self = "";
  #epoch = "";
  /** The last seq that this client has read. Undefined before the first welcome. */
  #read: number | undefined;
  /** The next welcome starts a new window. */
  #isFresh = true;
  /** The history of a fresh start: the seq at which it is complete, and how many messages have arrived. */
  #awaited: { until: number; isFirst: boolean; count: number } | undefined;
  /** Messages that arrive while a page is on its way: the page may not hold them. */
  #arrived: RoomMessage<Message>[] | undefined;
  #loading: { end: PageEnd; done: Promise<void> } | undefined;
  #snapshot: TimelineSnapshot<Message> = { messages: [], hasOlder: false, hasNewer: false, isLoading: true };
  #isStale = false;

  constructor(room: TimelineRoom<Message>, { history = 0, timelineLimit = TIMELINE_LIMIT }: JoinOptions) {
    this.#room = room;
    this.#history = history;
    this.#maxPage = Math.ceil(timelineLimit / 2);
    this.#window = new MessageWindow(timelineLimit);
    this.#read = parseCursor(room.cursor)?.seq;
    room.on("message", (message) => this.#received(message));
    room.on("position", () => this.#checkAwaited());
    room.on("publish", (publish) => this.#publishing(publish));
    room.on("gap", (gap) => this.#gap(gap));
    room.on("state", (state) => this.#stateChanged(state));
    const { state } = room;
    this.#stateChanged(state);
    // Messages that arrived before are not in the window.
    if (state.status === "live" && history > 0) void this.loadOlder(history);
  }

  /** Calls the listener after each change. Returns a function that removes it. */
  readonly subscribe = (listener: () => void): (() => void) => this.#events.on("change", listener);

  readonly getSnapshot = (): TimelineSnapshot<Message> => {
    if (this.#isStale) {
      this.#isStale = false;
      this.#snapshot = this.#nextSnapshot(this.#snapshot);
    }
    return this.#snapshot;
  };

  /**
   * Loads a page of older messages. It waits for a connection, and resolves early when the room is closed.
   * @throws RoomError the code with which the server refused it
   */
  loadOlder(limit = PAGE_LIMIT): Promise<void> {
    return this.#load("older", limit);
  }

  /** Loads a page of the newer messages that the timeline has dropped. */
  loadNewer(limit = PAGE_LIMIT): Promise<void> {
    return this.#load("newer", limit);
  }

  /** Returns to the newest messages. */
  loadLatest(limit = PAGE_LIMIT): Promise<void> {
    return this.#load("latest", limit);
  }

  /** Publishes a failed message again, under its id. */
  retry(id: string): void {
    const item = this.#pending.failed(id);
    if (item) this.#room.publish((item.bytes ?? item.data) as Message, { id }).catch(() => {});
  }

  /** Adds a message that failed in an earlier run of the program, so that it can be sent again or discarded. It comes after all others. */
  restore(id: string, data: Message | ArrayBuffer | ArrayBufferView, error: Error): void {
    this.#pending.add(id, data);
    this.#pending.fail(id, error, Infinity);
  }

  /** Removes a failed message. */
  discard(id: string): void {
    if (this.#pending.failed(id)) this.#pending.delete(id);
    this.#changed();
  }

  /** Marks the messages up to a seq as read. Default: all. */
  markRead(seq = this.#window.items.at(-1)?.seq ?? 0): void {
    this.#read = Math.max(this.#read ?? 0, seq);
    this.#changed();
  }

  /** Shows a message from its publish on. A view that is far from the newest messages returns to them. */
  #publishing({ id, data, published, op }: OwnPublish<Message>): void {
    // The id may be that of a message which is in the log already.
    if (op || this.#window.items.some((item) => item.id === id)) return;
    this.#pending.add(id, data);
    published.then(
      ({ seq }) => this.#pending.stored(id, seq, this.#position),
      (error) => this.#pending.fail(id, error, this.#position),
    );
    if (this.#window.until < Infinity) void this.loadLatest();
  }

  get #position(): number {
    return parseCursor(this.#room.cursor)?.seq ?? 0;
  }

  #stateChanged(state: ConnectionState): void {
    if (state.status === "live") {
      const { member, name, epoch, seq } = state.welcome;
      this.#self = member;
      this.#epoch = epoch;
      this.#pending.setSender(member, name);
      if (this.#isFresh) this.#start(seq);
    }
    this.#changed();
  }

  #start(seq: number): void {
    const isFirst = this.#read === undefined;
    this.#isFresh = false;
    this.#read ??= seq;
    this.#window.reset(this.#position);
    this.#awaited = { until: seq, isFirst, count: 0 };
    this.#checkAwaited();
  }

  /** The messages in the window are stale: operations on them may be missing. */
  #gap({ reason }: Gap): void {
    const wasShown = this.#window.items.length > 0;
    if (reason === "epoch" || reason === "ahead") this.#read = 0;
    this.#window.reset(0);
    this.#arrived &&= [];
    this.#isFresh = true;
    this.#changed();
    if (wasShown && this.#history === 0) void this.loadLatest();
  }

  #received(message: RoomMessage<Message>): void {
    this.#arrived?.push(message);
    this.#apply(message);
    if (this.#awaited && !message.op) this.#awaited.count++;
    this.#changed();
  }

  /** Applies a message that is newer than what the window holds, or that it has applied before. */
  #apply(message: RoomMessage<Message>): void {
    const { seq, id, op, target = 0 } = message;
    if (op) this.#fold(target, message);
    else this.#add(message, this.#pending.delete(id)?.key ?? this.#keyOf(seq));
  }

  #fold(target: number, operation: RoomMessage<Message>): void {
    const item = this.#window.find(target);
    if (item) this.#window.replace(item, applyOperation(item, operation, this.#self));
  }

  #add(message: RoomMessage<Message>, key: string): void {
    const { seq } = message;
    const window = this.#window;
    if (this.#awaited && window.items.length === 0) {
      // History may begin later than expected, since older messages are gone, or earlier, since it skips operations.
      const isOldest = this.#awaited.isFirst && seq > window.after + 1;
      window.after = isOldest ? 0 : Math.min(window.after, seq - 1);
    }
    if (seq <= window.after || window.until < Infinity) return;
    window.add(itemOf(message, key, this.#self));
    window.trim("oldest", this.#loading ? 2 : 1);
  }

  #checkAwaited(): void {
    const awaited = this.#awaited;
    if (!awaited || this.#position < awaited.until) return;
    this.#awaited = undefined;
    // The server had fewer messages than the client asked for, and the window holds them all.
    const { count, isFirst } = awaited;
    if (isFirst && count < this.#history && count <= this.#window.items.length) this.#window.after = 0;
    this.#changed();
  }

  #load(end: PageEnd, limit: number): Promise<void> {
    const { end: current, done } = this.#loading ?? {};
    if (done && current === end) return done;
    const load = () => {
      this.#arrived = [];
      return loadPage(this.#room, this.#window, end, Math.min(limit, this.#maxPage), (messages, edge) => {
        const items = messages.map((message) => this.#pageItem(message));
        this.#window.extend(end, items, edge);
        for (const message of this.#arrived ?? []) this.#apply(message);
      });
    };
    const loading = (done ? done.then(load, load) : load()).finally(() => {
      if (this.#loading?.done === loading) this.#loading = this.#arrived = undefined;
      this.#changed();
    });
    this.#loading = { end, done: loading };
    this.#changed();
    // A caller may ignore the result: the page can be requested again.
    loading.catch(() => {});
    return loading;
  }

  #pageItem(message: RoomMessage<Message>): SentItem<Message> {
    const { seq, id } = message;
    const key = this.#window.find(seq)?.key ?? this.#pending.delete(id)?.key ?? this.#keyOf(seq);
    return itemOf(message, key, this.#self);
  }

  #keyOf(seq: number): string {
    return formatCursor(this.#epoch, seq);
  }

  #changed(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    const before = this.#snapshot;
    queueMicrotask(() => {
      if (this.getSnapshot() !== before) this.#events.emit("change", undefined);
    });
  }

  #nextSnapshot(before: TimelineSnapshot<Message>): TimelineSnapshot<Message> {
    const { items, after, until } = this.#window;
    const read = this.#read ?? Infinity;
    const unreadFrom = items.find(({ seq, from }) => seq > read && from !== this.#self)?.seq;
    const messages = this.#pending.merge(items, after, until);
    const isSame =
      messages.length === before.messages.length && messages.every((item, i) => item === before.messages[i]);
    const isWaiting = this.#isFresh && this.#room.state.status !== "closed";
    const next = {
      messages: isSame ? before.messages : messages,
      hasOlder: after > 0,
      hasNewer: until < Infinity,
      isLoading: isWaiting || !!this.#awaited || !!this.#loading,
      ...(unreadFrom && { unreadFrom }),
    };
    const keys = ["messages", "hasOlder", "hasNewer", "isLoading", "unreadFrom"] as const;
    return keys.every((key) => next[key] === before[key]) ? before : next;
  }
}
