import type { RoomEvent } from "../protocol/webhook.ts";
import type { RoomLog } from "../room/log/log.ts";
import type { Presence } from "../room/presence/presence.ts";
import { Throttle } from "../room/throttle.ts";
import type { QueuedEvents, WebhookQueue } from "./queue.ts";

/** Changes of members are written down at most so often: milliseconds. */
const WINDOW_MS = 250;

/** Events of one row: with the longest ids and names they are about 80 kB. */
const ROW_EVENTS = 50;

/** `seq`: the last message before it. */
type Move = { member: string; name: string; isHere: boolean; at: number; seq: number };

type Parts = {
  presence: Presence;
  outgoing: WebhookQueue;
  log: RoomLog;
  isWanted: (type: RoomEvent["type"]) => boolean;
};

/** Writes down who comes and who goes, each move at its own time: also that of a member who stays for a moment only. */
export class MembershipEvents {
  readonly #parts: Parts;
  readonly #noted: (dropped: number) => void;
  /** What is not written down yet, in order; and what it makes of each member. */
  #moves: Move[] = [];
  readonly #latest = new Map<string, Move>();
  readonly #window: Throttle;

  /** @param noted is called when moves were written down, with how many older events were dropped for them */
  constructor(parts: Parts, noted: (dropped: number) => void) {
    this.#parts = parts;
    this.#noted = noted;
    this.#window = new Throttle(
      () => this.#note(),
      () => WINDOW_MS,
    );
  }

  /** A member may have come or gone. */
  moved(member: string): void {
    const { log, outgoing, presence } = this.#parts;
    const entry = presence.entry(member);
    const latest = this.#latest.get(member);
    const isHere = entry !== undefined;
    if (isHere === (latest?.isHere ?? outgoing.members.has(member))) return;
    const name = entry?.name ?? latest?.name ?? outgoing.members.get(member) ?? "";
    const move = { member, name, isHere, at: Date.now(), seq: log.last };
    this.#moves.push(move);
    this.#latest.set(member, move);
    this.#window.request();
  }

  /** Writes down what waits for the window's end. */
  now(): void {
    this.#window.cancel();
    if (this.#moves.length > 0) this.#note();
  }

  #note(): void {
    const latest = [...this.#latest.values()];
    const came = latest.filter(({ isHere }) => isHere).map(({ member, name }) => [member, name] as const);
    const went = latest.filter(({ isHere }) => !isHere).map(({ member }) => member);
    const told = this.#told();
    this.#moves = [];
    this.#latest.clear();
    this.#noted(this.#add(told, new Map(came), went));
  }

  /** What cannot be stored is dropped: it must not be in the way of what comes after. */
  #add(told: readonly QueuedEvents[], came: ReadonlyMap<string, string>, went: readonly string[]): number {
    try {
      // What waits is told of a log by its epoch, which must be the same after a sleep.
      this.#parts.log.storeEpoch();
      return this.#parts.outgoing.add(told, came, went);
    } catch (error) {
      console.error("Who came and went could not be written down:", error);
      return told.reduce((sum, { events }) => sum + events.length, 0);
    }
  }

  /** The moves, and where one of them filled or emptied the room: those between two messages share rows. */
  #told(): QueuedEvents[] {
    const { isWanted, log, outgoing } = this.#parts;
    const told: QueuedEvents[] = [];
    let count = outgoing.members.size;
    for (const { member, name, isHere, at, seq } of this.#moves) {
      const about = () => ({ id: `${log.epoch}.${at}.${crypto.randomUUID()}`, at });
      const events: RoomEvent[] = [];
      if (isHere && count === 0) events.push({ ...about(), type: "room.occupied" });
      events.push({ ...about(), type: isHere ? "member.joined" : "member.left", member, name });
      count += isHere ? 1 : -1;
      if (count === 0) events.push({ ...about(), type: "room.vacated" });
      const wanted = events.filter(({ type }) => isWanted(type));
      if (wanted.length === 0) continue;
      const latest = told.at(-1);
      if (latest?.seq === seq && latest.events.length < ROW_EVENTS) latest.events.push(...wanted);
      else told.push({ seq, events: wanted });
    }
    return told;
  }
}
