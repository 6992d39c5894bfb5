import { setTimeout as sleep } from "node:timers/promises";
import { Dice } from "../../chaos/random.ts";
import { type Eviction, Runtime } from "../../chaos/runtime.ts";
import type { Entry, Tab } from "./connection.ts";
import { type Manners, Person, type Place } from "./simulated-member.ts";

const ROOM = "plaza";
/** Sentences about what is wrong that are worth reading. */
const SHOWN = 6;
/** How long the room may take to come to rest, on a busy machine. */
const PATIENCE_MS = 20_000;
/** Between two looks at a room that is to come to rest. */
const LOOK_MS = 100;
/** Longer than any window between two changes. */
const WINDOWS_MS = 500;
/** Between two evictions amid the unrest. */
const PEACE_MS = { min: 50, max: 600 } as const;
/** How long a killed runtime stays away. */
const DOWN_MS = 50;

/** What befalls a room for a while. */
export type Storm = {
  ms: number;
  manners: Manners;
  /** The runtime is killed amid all of it, or the room is lost with all its sockets at the end; then all return. */
  crash?: "killed" | "closed";
  /** The room is put out of memory again and again, and its sockets hibernate. */
  sleeps?: boolean;
};

/** People in a room who come and go, and what is wrong with what they are told of each other. */
export class Gathering {
  readonly #runtime: Runtime;
  readonly #people: readonly Person[];
  readonly #place: Place;
  readonly #dice: Dice;
  /** What is wrong with what was told on the way, whatever was set right later. */
  readonly #faults: string[] = [];
  readonly tally = { evictions: 0, crashes: 0, departures: 0, tabs: 0, changes: 0 };

  private constructor(runtime: Runtime, place: Place, people: readonly Person[], dice: Dice) {
    this.#runtime = runtime;
    this.#place = place;
    this.#people = people;
    this.#dice = dice;
  }

  static async start(seed: number, people: number, graceMs: number, listed: number): Promise<Gathering> {
    const runtime = await Runtime.start({
      PUBLISH_RATE: "0",
      SIGNAL_RATE: "0",
      LEAVE_GRACE_MS: `${graceMs}`,
      MEMBERS_LISTED: `${listed}`,
    });
    const place: Place = { port: () => runtime.port, path: `/v1/rooms/${ROOM}`, graceMs, listed };
    const all = Array.from({ length: people }, (_, i) =>
      Person.start(`p${i}`, place, new Dice(seed, `person ${i}`)),
    );
    return new Gathering(runtime, place, await Promise.all(all), new Dice(seed, "room"));
  }

  /** So many of them are here now. */
  async only(members: number): Promise<void> {
    await Promise.all(
      this.#people.map(async (person, i) => {
        if (i >= members) await person.leave();
        else if (person.tabs.length === 0) await person.enter();
      }),
    );
  }

  /** Everybody does as they like. */
  async storm({ ms, manners, crash, sleeps = false }: Storm): Promise<void> {
    for (const person of this.#people) person.departures = 0;
    const until = Date.now() + ms;
    const lives = Promise.all(this.#people.map((person) => person.live(until, manners)));
    let killAt = crash === "killed" ? until - ms / 2 : Number.POSITIVE_INFINITY;
    while (Date.now() < until) {
      await sleep(this.#dice.within(PEACE_MS.min, PEACE_MS.max));
      if (Date.now() > killAt) {
        killAt = Number.POSITIVE_INFINITY;
        await this.#runtime.restart(DOWN_MS);
        this.tally.crashes++;
      }
      // A room that has something to wait for does not go before that is over.
      else if (sleeps) await Promise.race([this.#evict("hibernate"), sleep(PEACE_MS.max)]);
    }
    await lives;
    if (crash === "closed") await this.#loseAll();
    else if (sleeps) await this.#evict("hibernate");
    await Promise.all(this.#people.map((person) => person.rest()));
  }

  async #evict(how: Eviction): Promise<void> {
    if ((await this.#runtime.evict(ROOM, how)) === "evicted") this.tally.evictions++;
  }

  /** Ends every socket of the room, with all that it has in memory. */
  async #loseAll(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!this.#people.every(({ tabs }) => tabs.every(({ isLost }) => isLost))) {
      if (Date.now() > end) throw new Error("The room keeps its sockets.");
      // Where it is not in memory, it cannot be lost.
      await this.#count();
      await this.#evict("close");
      await sleep(LOOK_MS);
    }
    this.tally.crashes++;
  }

  /** What is still wrong when the room has been quiet for long enough: nothing, if the list is the truth. */
  async wrongs(): Promise<string[]> {
    await this.#settled();
    await sleep(this.#place.graceMs + WINDOWS_MS);
    const wrongs = [...this.#hasty(), ...this.#faults.splice(0), ...(await this.#differences())];
    return wrongs.slice(0, SHOWN);
  }

  /**
   * What is wrong with what somebody is told who comes in while nothing else happens, and, after it said goodbye, with all.
   * @param sleeps it finds the room asleep, and leaves it so
   */
  async wrongsForNewcomer(sleeps = false): Promise<string[]> {
    if (sleeps) await this.#evict("hibernate");
    const newcomer = await Person.start("newcomer", this.#place, this.#dice);
    await newcomer.enter();
    const wrongs = newcomer.tabs.flatMap((tab) => this.#differencesOf(tab, this.#expected(newcomer)));
    // Its goodbye, too, is to wake the room.
    if (sleeps) await this.#evict("hibernate");
    await newcomer.leave();
    await newcomer.stop();
    return [...wrongs, ...(await this.#settled())].slice(0, SHOWN);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.stop()));
    await this.#runtime.stop();
  }

  /** Waits until nothing is wrong any more, or it has taken too long. */
  async #settled(): Promise<string[]> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const wrongs = await this.#differences();
      if (wrongs.length === 0 || Date.now() > end) return wrongs;
      await sleep(LOOK_MS);
    }
  }

  #expected(...more: Person[]): Map<string, Entry> {
    const entries = [...this.#people, ...more]
      .map(({ entry }) => entry)
      .filter((entry) => entry !== undefined);
    return new Map(entries.map((entry) => [entry.member, entry]));
  }

  async #count(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.#runtime.port}${this.#place.path}`);
    return ((await answer.json()) as { count: number }).count;
  }

  async #differences(): Promise<string[]> {
    const expected = this.#expected();
    const count = await this.#count();
    const wrongs = count === expected.size ? [] : [`the room counts ${count}, not ${expected.size}`];
    for (const { tabs } of this.#people) {
      for (const tab of tabs) wrongs.push(...this.#differencesOf(tab, expected));
    }
    return wrongs;
  }

  #differencesOf(tab: Tab, expected: ReadonlyMap<string, Entry>): string[] {
    const who = tab.named.value;
    if (!tab.isOpen) return [`${who} is not open`];
    const wrongs = tab.count === expected.size ? [] : [`${who} counts ${tab.count}, not ${expected.size}`];
    if (expected.size > this.#place.listed) {
      return tab.members === undefined ? wrongs : [...wrongs, `${who} still has a list`];
    }
    if (tab.members === undefined) return [...wrongs, `${who} has no list`];
    for (const member of new Set([...tab.members.keys(), ...expected.keys()])) {
      const [has, due] = [tab.members.get(member), expected.get(member)].map(textOf);
      if (has !== due) wrongs.push(`${who} sees ${has}, not ${due}`);
    }
    return wrongs;
  }

  /** Who was told more often that somebody left than that one was gone for long. */
  #hasty(): string[] {
    const wrongs: string[] = [];
    const seenBy = this.#people.flatMap(({ tabs, past }) => [...past, ...tabs]);
    for (const tab of seenBy) {
      this.#faults.push(...tab.faults.splice(0));
      this.tally.changes += tab.changes;
      tab.changes = 0;
    }
    this.tally.tabs += seenBy.length;
    for (const { entry, departures } of this.#people) {
      this.tally.departures += departures;
      if (entry === undefined) continue;
      for (const { parted, named } of seenBy) {
        const times = parted.filter((member) => member === entry.member).length;
        if (times > departures)
          wrongs.push(`${named.value} saw ${entry.name} leave ${times} times, not ${departures}`);
      }
    }
    for (const { past } of this.#people) past.length = 0;
    for (const { parted } of seenBy) parted.length = 0;
    return wrongs;
  }
}

function textOf(entry: Entry | undefined): string {
  return entry === undefined ? "nobody" : `${entry.name} ${JSON.stringify(entry.state)}`;
}
