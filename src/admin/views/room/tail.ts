import { signal } from "@preact/signals";
import { type CoreRoom, joinRoom, type Member, type RoomMessage } from "../../../client/core.ts";
import { currentToken } from "../../session.ts";
import { Delays, type Figures } from "./delays.ts";
import { type Arrival, arrivalOf } from "./row.ts";
import { MAX_ROWS } from "./row-list.ts";

/** How often the page shows what has arrived: milliseconds. A busy room then costs no more to draw than a calm one. */
const SHOW_MS = 200;
const FIGURES_MS = 1000;

/** `off`: the page has no socket. `closed`: the service ended it for good, with a code. */
export type TailState =
  | { status: "off" | "connecting" | "live" | "waiting" }
  | { status: "closed"; code: string };

export type Present = { members: readonly Member[] | null; count: number };

type Handlers = {
  /** Called with what arrived since the last call, at most `MAX_ROWS` messages and operations. */
  arrived: (messages: readonly Arrival[]) => void;
  /** The page is connected, or something was missed: read the newest messages again. */
  restart: () => void;
  /** The room does not take the token that the operator began with. */
  refused: () => void;
};

/** Follows a room with the public client, from `start` to `stop`. Meanwhile the operator is a member of the room, as with any client. */
export class Tail {
  readonly state = signal<TailState>({ status: "off" });
  readonly figures = signal<Figures | undefined>(undefined);
  readonly present = signal<Present | undefined>(undefined);
  readonly #name: string;
  readonly #handlers: Handlers;
  #room: CoreRoom | undefined;
  #pending: Arrival[] = [];
  #delays = new Delays();
  #showing: ReturnType<typeof setTimeout> | undefined;
  #measuring: ReturnType<typeof setInterval> | undefined;

  constructor(name: string, handlers: Handlers) {
    this.#name = name;
    this.#handlers = handlers;
  }

  start(): void {
    this.stop();
    const room = joinRoom(this.#name, { token: currentToken(), cursor: null, share: false });
    this.#room = room;
    this.#delays = new Delays();
    this.state.value = { status: "connecting" };
    this.#measuring = setInterval(() => this.#measure(), FIGURES_MS);
    room.on("state", (state) => {
      // `leave` tells of itself.
      if (this.#room !== room) return;
      if (state.status === "closed") this.#end(state.code);
      else {
        const isFirst = this.figures.peek() === undefined && state.status === "live";
        this.state.value = { status: state.status };
        if (!isFirst) return;
        this.#measure();
        this.#handlers.restart();
      }
    });
    room.on("gap", () => {
      // What arrived before may be of a log that was erased, and must not come into the next one.
      this.#show();
      this.#handlers.restart();
    });
    room.on("message", (message) => this.#add(message));
    room.on("members", () => this.#showSoon());
  }

  /** Leaves the room. */
  stop(): void {
    this.#leave();
    this.state.value = { status: "off" };
  }

  #add(message: RoomMessage): void {
    this.#delays.add(message.at, Date.now());
    const arrival = arrivalOf(message);
    if (arrival === undefined) return;
    this.#pending.push(arrival);
    // A hidden tab runs its timers up to a minute late. A message that the tail drops now could end a text or delete another.
    if (this.#pending.length >= MAX_ROWS) this.#show();
    else this.#showSoon();
  }

  #showSoon(): void {
    this.#showing ??= setTimeout(() => {
      this.#showing = undefined;
      this.#show();
    }, SHOW_MS);
  }

  #show(): void {
    const arrived = this.#pending;
    this.#pending = [];
    if (arrived.length > 0) this.#handlers.arrived(arrived);
    const members = this.#room?.members;
    if (members !== undefined && members.count > 0) {
      this.present.value = { members: members.listed ? [...members.values()] : null, count: members.count };
    }
  }

  #measure(): void {
    this.figures.value = this.#delays.figures(Date.now());
  }

  #end(code: string): void {
    const wasLive = this.figures.peek() !== undefined;
    this.#leave();
    this.state.value = { status: "closed", code };
    // A token that ends meanwhile takes no view away that somebody reads.
    if (code === "invalid_token" && !wasLive) this.#handlers.refused();
  }

  #leave(): void {
    clearTimeout(this.#showing);
    clearInterval(this.#measuring);
    this.#showing = undefined;
    const room = this.#room;
    this.#room = undefined;
    this.#pending = [];
    this.figures.value = undefined;
    this.present.value = undefined;
    room?.leave();
  }
}
