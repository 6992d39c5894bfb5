import { batch, computed, signal } from "@preact/signals";
import {
  type ConnectionState,
  type CoreRoom,
  type Member,
  type Members,
  RoomError,
  type RoomMessage,
  Timeline,
  type TimelineItem,
} from "../../client/core.ts";
import { isInvitation } from "../format/token.ts";
import { FrameRecorder } from "../frames/frame-recorder.ts";
import { joinWithToken } from "../sign-in/join-with-token.ts";
import { Announcements } from "./announcements.ts";
import { isAllowed, isModerator, maxMessageBytes } from "./capabilities.ts";
import { type ChatMessage, type TextData, toChatMessage } from "./chat-message.ts";
import { ComposeMode } from "./compose-mode.ts";
import { Draft } from "./draft.ts";
import { HistoryWait } from "./history-wait.ts";
import { loadAround } from "./load-around.ts";
import { MessageJump } from "./message-jump.ts";
import { PendingMessages } from "./pending-messages.ts";
import { isPageFocused, ReadPosition } from "./read-position.ts";
import type { Reply } from "./reply.ts";
import { TypingIndicator } from "./typing-indicator.ts";

const HISTORY = 60;
const PAGE_SIZE = 120;
/** How many messages the page holds at most. Beyond that, it drops those that are farthest from the ones in view. */
const MAX_MESSAGES = 10_000;
const LOAD_RETRY_MS = 2000;
/** How many pages are loaded to reach the first unread message. Beyond that, the timeline starts among the unread messages. */
const MAX_CATCH_UP_PAGES = 8;

/** Errors of a live room that the user can act on. Before that, `JoinError` says why the service refused the join. */
const SHOWN_ERRORS: ReadonlySet<string> = new Set(["invalid_name", "invalid_event", "forbidden"]);

export type Identity = { name: string; token: string | undefined };

/** The state of one room as signals, and the actions on it. */
export class ChatStore {
  readonly roomName: string;
  readonly recorder = new FrameRecorder();
  readonly connectionState = signal<ConnectionState>({ status: "connecting", attempt: 0 });
  readonly messages = signal<readonly ChatMessage[]>([]);
  readonly members = signal<readonly Member[]>([]);
  readonly memberCount = signal(0);
  /** Whether the service lists the members. In a large room it only counts them. */
  readonly hasMemberList = signal(false);
  readonly selfId = signal<string | undefined>(undefined);
  /** This user's name as the other members see it. */
  readonly selfName = signal("");
  readonly isLoading = signal(false);
  readonly hasOlder = signal(false);
  /** Whether the timeline dropped newer messages, so that it could hold older ones. */
  readonly hasNewer = signal(false);
  readonly wasErased = signal(false);
  readonly announcements = new Announcements();
  /** Whether the timeline is scrolled to its end and follows new messages. */
  readonly isAtEnd = signal(true);
  /** Whether messages from before the last reconnect are still missing. Until they are there, nothing is marked as read. */
  readonly isCatchingUp = signal(true);
  readonly draft: Draft;
  readonly pending: PendingMessages;
  /** The last error of an action other than publishing. */
  readonly actionError = signal<RoomError | undefined>(undefined);
  readonly canPublish = computed(() => isAllowed(this.connectionState.value, "publish"));
  readonly canModerate = computed(() => isModerator(this.connectionState.value));
  readonly maxMessageBytes = computed(() => maxMessageBytes(this.connectionState.value));
  readonly mode = new ComposeMode();
  readonly jump = new MessageJump(this.messages, this.actionError, (seq) => this.#loadAround(seq));
  readonly readPosition: ReadPosition;
  readonly typing = new TypingIndicator((isTyping) => this.#signalTyping(isTyping));
  room: CoreRoom<TextData> | undefined;
  #identity: Identity;
  #timeline: Timeline<TextData> | undefined;
  #items: readonly TimelineItem[] = [];
  readonly #newestSeq = signal(0);
  #incoming: RoomMessage<TextData>[] | undefined;
  #loadAfter = 0;
  #isLoadingUnread = false;
  readonly #historyWait = new HistoryWait();
  #isClosing = false;

  constructor(roomName: string, identity: Identity) {
    this.roomName = roomName;
    this.#identity = identity;
    this.selfName.value = identity.name;
    this.readPosition = new ReadPosition(
      roomName,
      this.messages,
      this.selfId,
      this.hasOlder,
      this.#newestSeq,
    );
    this.pending = new PendingMessages(roomName, this.recorder, () => this.#leaveIfDone());
    this.draft = new Draft(roomName);
    this.join(identity);
  }

  /** Joins the room, or joins it again with another identity. Shown messages stay, and pending messages keep their ids. */
  join(identity: Identity): void {
    this.room?.leave();
    this.#identity = identity;
    const room = joinWithToken<TextData>(this.roomName, identity.token, {
      name: identity.name,
      history: HISTORY,
      socket: this.recorder.openSocket,
    });
    const timeline = new Timeline(room, { history: HISTORY, timelineLimit: MAX_MESSAGES });
    this.room = room;
    this.#timeline = timeline;
    timeline.subscribe(() => {
      this.#show(timeline);
      if (this.#incoming === undefined) void this.#catchUp();
    });
    this.connectionState.value = room.state;
    room.on("state", (state) => this.#onState(room, state));
    room.on("message", (message) => this.#onMessage(room, timeline, message));
    room.on("gap", ({ reason }) => this.#onGap(reason === "epoch" || reason === "ahead"));
    room.on("members", (members) => this.#onMembers(members));
    room.on("error", (error) => {
      if (SHOWN_ERRORS.has(error.code) && room.state.status === "live") this.actionError.value = error;
    });
    room.on("signal", ({ from, data }) => {
      if (from !== this.selfId.peek()) this.typing.onSignal(from, data);
    });
    this.pending.useRoom(room, timeline);
  }

  /** Changes the name over the open connection. If the room is closed, for example because of the old name, joins again. */
  setName(name: string): void {
    if (name === this.#identity.name) return;
    this.#identity = { ...this.#identity, name };
    if (this.#identity.token && !isInvitation(this.#identity.token)) return;
    if (this.connectionState.peek().status === "closed") this.join(this.#identity);
    this.selfName.value = name;
    this.room?.setName(name);
  }

  /** @param reply the message that this one answers */
  send(content: string | Uint8Array<ArrayBuffer>, reply?: Reply): void {
    this.typing.onSend();
    this.pending.add(content, reply, typeof content === "string" ? this.mode.mentionsIn?.(content) : []);
    // Preparing a file takes time. The user may have opened another room meanwhile, and this one was left.
    if (this.#isClosing && this.room?.state.status === "closed") this.join(this.#identity);
  }

  async #loadAround(seq: number): Promise<RoomError | undefined> {
    const timeline = this.#timeline;
    if (this.room?.state.status !== "live" || timeline === undefined) return new RoomError("offline", "");
    return loadAround(this.room, timeline, seq).finally(() => this.#show(timeline));
  }

  async loadOlder(): Promise<void> {
    if (this.hasOlder.value) await this.#load((timeline) => timeline.loadOlder(PAGE_SIZE));
  }

  async loadNewer(): Promise<void> {
    if (this.hasNewer.value) await this.#load((timeline) => timeline.loadNewer(PAGE_SIZE));
  }

  /** Returns to the newest messages, if the timeline has dropped them. */
  async loadLatest(): Promise<void> {
    if (this.hasNewer.value) await this.#load((timeline) => timeline.loadLatest(PAGE_SIZE));
  }

  async #load(page: (timeline: Timeline<TextData>) => Promise<void>): Promise<void> {
    const timeline = this.#timeline;
    const isBusy = this.isLoading.value || Date.now() < this.#loadAfter;
    if (timeline === undefined || isBusy || this.connectionState.value.status !== "live") return;
    try {
      await page(timeline);
      this.#show(timeline);
    } catch {
      // The service is busy. The timeline asks again while the user is near its end.
      this.#loadAfter = Date.now() + LOAD_RETRY_MS;
    }
  }

  /** Leaves the room as soon as no message is being published. */
  closeWhenSent(): void {
    this.typing.clear();
    this.#isClosing = true;
    this.#leaveIfDone();
  }

  #leaveIfDone(): void {
    if (this.#isClosing && this.pending.isIdle) this.room?.leave();
  }

  #onState(room: CoreRoom<TextData>, state: ConnectionState): void {
    if (room !== this.room) return;
    batch(() => {
      this.connectionState.value = state;
      if (state.status !== "live") {
        this.typing.clear();
        return;
      }
      const { member, name, epoch, seq } = state.welcome;
      this.selfId.value = member;
      this.selfName.value = name;
      const queuedIds = new Set(this.pending.messages.value.map(({ id }) => id));
      if (!this.#isClosing) this.readPosition.onWelcome(epoch, seq, queuedIds);
      this.isCatchingUp.value = this.#isBehind();
    });
  }

  #onMembers(members: Members): void {
    batch(() => {
      this.members.value = [...members.values()];
      this.memberCount.value = members.count;
      if (members.self !== undefined) this.selfName.value = members.self.name;
      this.hasMemberList.value = members.listed;
    });
  }

  /** Messages that are shown stay until others take their place: after a gap, or over another join. */
  #show(timeline: Timeline<TextData>): void {
    if (timeline !== this.#timeline) return;
    const { messages: items, hasOlder, hasNewer, isLoading } = timeline.getSnapshot();
    batch(() => {
      this.pending.show(items);
      this.isLoading.value = isLoading;
      const messages = items.map(toChatMessage).filter((message) => message !== undefined);
      if (messages.length === 0 && (isLoading || this.room?.state.status !== "live")) return;
      const isPart = isLoading && this.messages.value.length === 0;
      if (isPart && this.#historyWait.isNeeded(() => this.#show(timeline))) return;
      if (items !== this.#items) this.messages.value = messages;
      this.#items = items;
      this.hasOlder.value = hasOlder;
      this.hasNewer.value = hasNewer;
    });
  }

  /** The SDK delivers the messages of a frame one by one. The page shows them together. */
  #onMessage(room: CoreRoom<TextData>, timeline: Timeline<TextData>, message: RoomMessage<TextData>): void {
    if (room !== this.room) return;
    if (this.#incoming === undefined) queueMicrotask(() => this.#showIncoming(timeline));
    this.#incoming ??= [];
    if (message.op === undefined) this.#incoming.push(message);
  }

  #showIncoming(timeline: Timeline<TextData>): void {
    const lastSeq = this.#newestSeq.value;
    const added = (this.#incoming ?? []).filter(({ seq }) => seq > lastSeq);
    this.#incoming = undefined;
    batch(() => {
      this.#newestSeq.value = added.at(-1)?.seq ?? lastSeq;
      this.#show(timeline);
      if (added.length === 0) return;
      const isWatching = isPageFocused() && this.isAtEnd.value && !this.isCatchingUp.value;
      if (!this.#isClosing) this.readPosition.onMessages(lastSeq, added, isWatching, this.selfId.value);
      for (const { from } of added) this.typing.remove(from);
      this.announcements.add(this.connectionState.value, added, this.messages.value);
    });
    void this.#catchUp();
  }

  #isBehind(): boolean {
    const state = this.connectionState.value;
    return state.status !== "live" || Number(this.room?.cursor?.split(".")[1]) < state.welcome.seq;
  }

  /** Loads older messages up to the first unread one, once the newest are there. */
  async #catchUp(): Promise<void> {
    if (!this.isCatchingUp.value || this.#isLoadingUnread || this.#isBehind()) return;
    this.#isLoadingUnread = true;
    for (let page = 0; page < MAX_CATCH_UP_PAGES; page++) {
      const first = this.messages.value[0]?.seq ?? 0;
      if (first <= (this.readPosition.dividerAfter.value ?? first) + 1) break;
      await this.loadOlder();
      if (this.messages.value[0]?.seq === first) break;
    }
    batch(() => {
      this.announcements.missedCount.value = this.readPosition.unreadCount.value;
      this.isCatchingUp.value = this.#isBehind();
    });
    this.#isLoadingUnread = false;
  }

  #onGap(isNewLog: boolean): void {
    if (!isNewLog) return;
    this.#incoming = undefined;
    batch(() => {
      this.#newestSeq.value = 0;
      this.messages.value = [];
      this.hasOlder.value = false;
      this.wasErased.value = true;
    });
  }

  #signalTyping(isTyping: boolean): void {
    const state = this.connectionState.value;
    // A signal wakes a hibernating room, so none is sent to an otherwise empty one.
    if (state.status === "live" && isAllowed(state, "signal") && this.memberCount.value > 1)
      this.room?.signal({ typing: isTyping }, { key: "typing" });
  }
}
