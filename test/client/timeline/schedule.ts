import { vi } from "vitest";
import type { JoinOptions, Room, TimelineItem } from "../../../src/client/index.ts";
import { type CurrentMessage, FakeServer, reactionsFor } from "../fake-server.ts";
import { joinFake, turns } from "../fake-socket.ts";

/** A random number generator with a seed (mulberry32): the same seed gives the same schedule. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const CLIENTS = 3;
const STEPS = 100;
const KEYS = ["+1", "heart", "constructor"];

/** Several clients of one room, and what a schedule does to them. */
export class Schedule {
  readonly server = new FakeServer();
  readonly rooms: { room: Room; member: string }[] = [];
  readonly #random: () => number;
  #texts = 0;

  constructor(seed: number) {
    this.#random = seeded(seed);
    vi.spyOn(Math, "random").mockImplementation(this.#random);
    // A client asks why an attempt failed, and gets no answer.
    vi.stubGlobal("fetch", () => Promise.reject(new Error("No network.")));
    this.server.resumeMessages = this.#pick([5, 20, 1000]);
    for (let i = 0; i < CLIENTS; i++) {
      const member = `m${i}`;
      const options: JoinOptions = {
        token: member,
        socket: this.server.socket,
        history: this.#pick([0, 3, 50]),
        timelineLimit: this.#pick([5, 1000]),
        queue: this.#pick([2, 1000]),
      };
      const { room } = joinFake(options);
      if (this.#chance(0.8)) room.timeline.getSnapshot();
      this.rooms.push({ room, member });
    }
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      this.#act();
      // Several things may happen in one turn.
      if (this.#chance(0.5)) await turns();
      if (this.#chance(0.1)) await vi.advanceTimersByTimeAsync(this.#random() * 2000);
    }
  }

  /** Lets every frame arrive, and every client reconnect and send what is left. */
  async heal(): Promise<void> {
    for (let round = 0; round < 100; round++) {
      await turns();
      this.server.settle();
      for (const { room } of this.rooms) {
        for (const { id, status } of room.timeline.getSnapshot().messages)
          if (status === "failed") room.timeline.retry(id);
      }
      const isQuiet = this.rooms.every(
        ({ room }) =>
          room.state.status === "live" &&
          room.pending === 0 &&
          !room.timeline.getSnapshot().isLoading &&
          room.timeline.getSnapshot().messages.every(({ status }) => status === "sent"),
      );
      if (isQuiet) return;
      await vi.advanceTimersByTimeAsync(500);
    }
    throw new Error("The clients did not settle.");
  }

  /** Waits for a page, while frames move. */
  async load(page: Promise<void>): Promise<void> {
    let isLoaded = false;
    page.then(() => {
      isLoaded = true;
    });
    for (let round = 0; round < 50 && !isLoaded; round++) {
      await turns();
      this.server.settle();
    }
    if (!isLoaded) throw new Error("The page did not load.");
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(values: readonly [T, ...T[]] | readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)] as T;
  }

  #act(): void {
    const { room } = this.#pick(this.rooms);
    const roll = this.#random();
    if (roll < 0.2) this.#publish(room);
    else if (roll < 0.4) this.#operate(room);
    else if (roll < 0.75) this.#move();
    else if (roll < 0.85) this.#view(room);
    else if (roll < 0.93) this.#pick(this.server.open)?.end(this.#pick([1006, 4009]));
    else if (roll < 0.94) this.server.erase();
    else this.server.settle();
  }

  #publish(room: Room): void {
    const text = `t${this.#texts++}`;
    room.publish(this.#chance(0.5) ? text : { text }).catch(() => {});
  }

  #operate(room: Room): void {
    const { messages } = room.timeline.getSnapshot();
    const { seq = 1 } = this.#pick(messages) ?? {};
    const operations = [
      () =>
        room.edit(seq, this.#chance(0.5) ? `edited ${this.#texts++}` : { text: `edited ${this.#texts++}` }),
      () => room.remove(seq),
      () => room.append(seq, `+${this.#texts++}`),
      () => room.append(seq, "."),
      () => room.react(seq, this.#pick(KEYS)),
      () => room.unreact(seq, this.#pick(KEYS)),
    ];
    this.#pick(operations)().catch(() => {});
  }

  /** Moves some frames of one connection, in one direction or both. */
  #move(): void {
    const connection = this.#pick(this.server.open);
    if (connection === undefined) return;
    const isUp = this.#chance(0.5);
    for (let frames = 1 + Math.floor(this.#random() * 5); frames > 0; frames--) {
      if (isUp) this.server.handle(connection);
      else connection.deliver();
    }
  }

  #view({ timeline }: Room): void {
    const { messages } = timeline.getSnapshot();
    const failed = messages.filter(({ status }) => status === "failed");
    const limit = 1 + Math.floor(this.#random() * 8);
    const views = [
      () => void timeline.loadOlder(limit),
      () => void timeline.loadOlder(limit),
      () => void timeline.loadNewer(limit),
      () => void timeline.loadLatest(limit),
      () => timeline.markRead(),
      () => timeline.retry(this.#pick(failed)?.id ?? ""),
      () => timeline.discard(this.#pick(failed)?.id ?? ""),
    ];
    this.#pick(views)();
  }
}

/** The log as a member sees it. An operation that changes nothing may or may not count as a version. */
export function expectedFor(messages: readonly CurrentMessage[], member: string): unknown[] {
  return messages.map(({ reactions, version: _, ...message }) => ({
    ...message,
    ...(reactions && { reactions: reactionsFor(reactions, member) }),
  }));
}

/** The items of a timeline in the same form. */
export function shownBy(items: readonly TimelineItem[]): unknown[] {
  return items.map(({ key: _, status: __, version: ___, ...item }) => item);
}
