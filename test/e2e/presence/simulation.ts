import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../chaos/random.ts";
import { type Eviction, Runtime } from "../../chaos/runtime.ts";
import type { Connection, Entry } from "./connection.ts";
import { type Ends, type Room, SimulatedMember } from "./simulated-member.ts";

const ROOM = "plaza";
/** The most differences to report. */
const REPORTED = 6;
/** How long the room may take to converge on a busy machine. */
const CONVERGE_MS = 20_000;
const POLL_MS = 100;
/** Longer than any window in which the room collects presence changes. */
const WINDOW_MS = 500;
/** Between two evictions in a phase. */
const EVICTION_PAUSE_MS = { min: 50, max: 600 } as const;
/** How long a killed runtime stays down. */
const DOWN_MS = 50;

/** A time in which all members act at random. */
export type Phase = {
  ms: number;
  ends: Ends;
  /** `killed`: workerd is killed halfway. `closed`: the room is evicted with its sockets at the end. */
  crash?: "killed" | "closed";
  /** Whether the room is evicted again and again, while its sockets hibernate. */
  evicts?: boolean;
};

/** A room with members that act at random, and a check of the member list that each connection derives. */
export class PresenceSimulation {
  readonly #runtime: Runtime;
  readonly #members: readonly SimulatedMember[];
  readonly #room: Room;
  readonly #random: Random;
  /** Protocol violations, which count even if later frames correct the list. */
  readonly #violations: string[] = [];
  readonly totals = { evictions: 0, crashes: 0, departures: 0, connections: 0, presenceFrames: 0 };

  private constructor(runtime: Runtime, room: Room, members: readonly SimulatedMember[], random: Random) {
    this.#runtime = runtime;
    this.#room = room;
    this.#members = members;
    this.#random = random;
  }

  static async start(
    seed: number,
    members: number,
    graceMs: number,
    listed: number,
  ): Promise<PresenceSimulation> {
    const runtime = await Runtime.start({
      PUBLISH_RATE: "0",
      SIGNAL_RATE: "0",
      LEAVE_GRACE_MS: `${graceMs}`,
      MEMBERS_LISTED: `${listed}`,
    });
    const room: Room = { port: () => runtime.port, path: `/v1/rooms/${ROOM}`, graceMs, listed };
    const all = Array.from({ length: members }, (_, i) =>
      SimulatedMember.start(`p${i}`, room, new Random(seed, `person ${i}`)),
    );
    return new PresenceSimulation(runtime, room, await Promise.all(all), new Random(seed, "room"));
  }

  /** Connects or disconnects members until `count` are in the room. */
  async resize(count: number): Promise<void> {
    await Promise.all(
      this.#members.map(async (member, i) => {
        if (i >= count) await member.leave();
        else if (member.connections.length === 0) await member.connect();
      }),
    );
  }

  async run({ ms, ends, crash, evicts = false }: Phase): Promise<void> {
    for (const member of this.#members) member.departures = 0;
    const end = Date.now() + ms;
    const acting = Promise.all(this.#members.map((member) => member.actUntil(end, ends)));
    let killAt = crash === "killed" ? end - ms / 2 : Number.POSITIVE_INFINITY;
    while (Date.now() < end) {
      await sleep(this.#random.within(EVICTION_PAUSE_MS.min, EVICTION_PAUSE_MS.max));
      if (Date.now() > killAt) {
        killAt = Number.POSITIVE_INFINITY;
        await this.#runtime.restart(DOWN_MS);
        this.totals.crashes++;
      }
      // An eviction waits while the room has work, such as a running grace period.
      else if (evicts) await Promise.race([this.#evict("hibernate"), sleep(EVICTION_PAUSE_MS.max)]);
    }
    await acting;
    if (crash === "closed") await this.#closeAll();
    else if (evicts) await this.#evict("hibernate");
    await Promise.all(this.#members.map((member) => member.settle()));
  }

  async #evict(how: Eviction): Promise<void> {
    if ((await this.#runtime.evict(ROOM, how)) === "evicted") this.totals.evictions++;
  }

  /** Evicts the room with all its sockets. */
  async #closeAll(): Promise<void> {
    const end = Date.now() + CONVERGE_MS;
    while (!this.#members.every(({ connections }) => connections.every(({ isLost }) => isLost))) {
      if (Date.now() > end) throw new Error("The room keeps its sockets.");
      // A request loads the room, since only a loaded room can be evicted.
      await this.#count();
      await this.#evict("close");
      await sleep(POLL_MS);
    }
    this.totals.crashes++;
  }

  /** Waits until the room has been quiet for long enough. Returns what is wrong then: nothing, if all lists are right. */
  async problems(): Promise<string[]> {
    await this.#converged();
    await sleep(this.#room.graceMs + WINDOW_MS);
    const problems = [...this.#excessLeaves(), ...this.#violations.splice(0), ...(await this.#differences())];
    return problems.slice(0, REPORTED);
  }

  /**
   * Lets a new member join and leave. Returns what is wrong with its list, and with the others' lists after it left.
   * @param evicts whether to evict the room before the join and before the leave
   */
  async problemsOfNewcomer(evicts = false): Promise<string[]> {
    if (evicts) await this.#evict("hibernate");
    const newcomer = await SimulatedMember.start("newcomer", this.#room, this.#random);
    await newcomer.connect();
    const problems = newcomer.connections.flatMap((connection) =>
      this.#differencesOf(connection, this.#expected(newcomer)),
    );
    if (evicts) await this.#evict("hibernate");
    await newcomer.leave();
    await newcomer.stop();
    return [...problems, ...(await this.#converged())].slice(0, REPORTED);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.stop()));
    await this.#runtime.stop();
  }

  /** Waits until all lists are right. Returns what is still wrong if that takes too long. */
  async #converged(): Promise<string[]> {
    const end = Date.now() + CONVERGE_MS;
    for (;;) {
      const differences = await this.#differences();
      if (differences.length === 0 || Date.now() > end) return differences;
      await sleep(POLL_MS);
    }
  }

  #expected(...more: SimulatedMember[]): Map<string, Entry> {
    const entries = [...this.#members, ...more]
      .map(({ entry }) => entry)
      .filter((entry) => entry !== undefined);
    return new Map(entries.map((entry) => [entry.member, entry]));
  }

  async #count(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.#runtime.port}${this.#room.path}`);
    return ((await answer.json()) as { count: number }).count;
  }

  async #differences(): Promise<string[]> {
    const expected = this.#expected();
    const count = await this.#count();
    const differences = count === expected.size ? [] : [`the room counts ${count}, not ${expected.size}`];
    for (const { connections } of this.#members) {
      for (const connection of connections) differences.push(...this.#differencesOf(connection, expected));
    }
    return differences;
  }

  #differencesOf(connection: Connection, expected: ReadonlyMap<string, Entry>): string[] {
    const { count, members } = connection;
    const name = connection.name.value;
    if (!connection.isOpen) return [`${name} is not open`];
    const differences = count === expected.size ? [] : [`${name} counts ${count}, not ${expected.size}`];
    if (expected.size > this.#room.listed) {
      return members === undefined ? differences : [...differences, `${name} still has a list`];
    }
    if (members === undefined) return [...differences, `${name} has no list`];
    for (const member of new Set([...members.keys(), ...expected.keys()])) {
      const [seen, wanted] = [members.get(member), expected.get(member)].map(textOf);
      if (seen !== wanted) differences.push(`${name} sees ${seen}, not ${wanted}`);
    }
    return differences;
  }

  /** Members that a connection saw leave more often than they were away for long. Starts a new count. */
  #excessLeaves(): string[] {
    const excess: string[] = [];
    const connections = this.#members.flatMap((member) => [...member.ended, ...member.connections]);
    for (const connection of connections) {
      this.#violations.push(...connection.violations.splice(0));
      this.totals.presenceFrames += connection.presenceFrames;
      connection.presenceFrames = 0;
    }
    this.totals.connections += connections.length;
    for (const { entry, departures } of this.#members) {
      this.totals.departures += departures;
      if (entry === undefined) continue;
      for (const { leftIds, name } of connections) {
        const times = leftIds.filter((member) => member === entry.member).length;
        if (times > departures)
          excess.push(`${name.value} saw ${entry.name} leave ${times} times, not ${departures}`);
      }
    }
    for (const { ended } of this.#members) ended.length = 0;
    for (const { leftIds } of connections) leftIds.length = 0;
    return excess;
  }
}

function textOf(entry: Entry | undefined): string {
  return entry === undefined ? "nobody" : `${entry.name} ${JSON.stringify(entry.state)}`;
}
