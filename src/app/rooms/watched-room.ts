import type { ConnectionState, CoreRoom, RoomMessage } from "../../client/core.ts";
import { type Cursor, parseCursor } from "../../protocol/cursor.ts";
import type { Identity } from "../chat/chat-store.ts";
import { joinWithToken } from "../sign-in/join-with-token.ts";
import { addMessage, allReadAt, atCursor, NOTHING_KNOWN, type RoomCount, startCount } from "./room-count.ts";
import { countOf, loadRead, saveRead, setCount } from "./room-counts.ts";
import { followNews } from "./room-news.ts";

/** How often at most a busy room updates the list and the storage. */
const UPDATE_MS = 200;
/** How often a full room is asked again before the page gives up, and with it a WebSocket that a proxy blocks. */
const MAX_REFUSALS = 5;
const REFUSALS: ReadonlySet<string> = new Set(["room_full", "no_upgrade"]);

/** The state that other members see of a person who is connected to a room without looking at it. */
export const AWAY = { status: "away" };

/** A connection to a room that is not open: counts what is unread there, and keeps no messages. */
export class WatchedRoom {
  readonly name: string;
  readonly #room: CoreRoom;
  #count: RoomCount | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refusals = 0;
  #isSettled = false;
  #isRefused = false;
  readonly #onSettled: () => void;

  /** @param onSettled is called when the first attempt to connect has ended */
  constructor(name: string, { name: userName, token }: Identity, onSettled: () => void) {
    this.name = name;
    this.#onSettled = onSettled;
    const read = loadRead(name);
    this.#count = startCount(countOf(name).peek(), read);
    const { epoch, seq } = this.#count ?? NOTHING_KNOWN;
    const cursor = this.#count && `${epoch}.${seq}`;
    this.#room = joinWithToken(name, token, {
      name: userName,
      cursor: { load: () => cursor, save: (position) => this.#onPosition(position) },
    });
    this.#room.setState(AWAY);
    this.#room.on("message", (message) => this.#add(message));
    this.#room.on("gap", (gap) => {
      this.#count = atCursor(this.#count, gap);
    });
    this.#room.on("state", (state) => this.#onState(state));
    followNews(this.#room);
  }

  /** Whether the room refused the user for good. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Leaves the room. What was counted is stored. */
  leave(): void {
    this.#room.leave();
    this.#settle();
    this.#update();
  }

  /** Takes over a read position. Returns false where it is in the middle of what was counted, so that counting must start again. */
  follow(read: Cursor): boolean {
    if (this.#count === undefined || (read.epoch === this.#count.epoch && read.seq <= this.#count.read))
      return true;
    if (read.epoch !== this.#count.epoch || read.seq < this.#count.seq) return false;
    this.#count = allReadAt(read);
    setCount(this.name, this.#count);
    return true;
  }

  #add(message: RoomMessage): void {
    const { state } = this.#room;
    if (state.status !== "live" || this.#count === undefined) return;
    this.#count = addMessage(this.#count, message, state.welcome.member);
  }

  /** After the start of a session, and after the messages of each frame. */
  #onPosition(position: string): void {
    const cursor = parseCursor(position);
    const { state } = this.#room;
    if (cursor === undefined) return;
    if (this.#count?.epoch !== cursor.epoch) {
      this.#count = atCursor(this.#count, cursor);
      // Otherwise the room would start with nothing unread when it is opened.
      saveRead(this.name, cursor);
    } else if (this.#count.seq < cursor.seq) this.#count = { ...this.#count, seq: cursor.seq };
    // Before the whole replay has arrived, the count would first fall.
    if (state.status === "live" && cursor.seq >= state.welcome.seq)
      this.#timer ??= setTimeout(() => this.#update(), UPDATE_MS);
  }

  #update(): void {
    clearTimeout(this.#timer);
    const isDue = this.#timer !== undefined;
    this.#timer = undefined;
    if (isDue && this.#count !== undefined) setCount(this.name, this.#count);
  }

  #onState(state: ConnectionState): void {
    if (state.status === "connecting") return;
    this.#settle();
    if (state.status === "live") this.#refusals = 0;
    else if (state.status === "closed") this.#onRefused(state.code);
    else if (REFUSALS.has(state.code) && ++this.#refusals >= MAX_REFUSALS) {
      this.#room.leave();
      this.#onRefused(state.code);
    }
  }

  #onRefused(code: string): void {
    if (code === "left") return;
    this.#isRefused = true;
    this.#update();
    const known = this.#count ?? countOf(this.name).peek() ?? NOTHING_KNOWN;
    setCount(this.name, { ...known, refused: code });
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#onSettled();
  }
}
