import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Dice } from "../../chaos/random.ts";
import { Network } from "../../support/network.ts";
import { type Entry, Tab } from "./connection.ts";

/** Where people meet. */
export type Place = {
  port: () => number;
  path: string;
  graceMs: number;
  listed: number;
};

/** Between two things that one does: milliseconds. Never so few that two of them could have the same time of the clock. */
const PAUSE_MS = { min: 5, max: 400 } as const;

const MOST_TABS = 3;

/** What one does, and how often; the polite do nothing that a room has to wait for. */
const POLITE = { show: 4, rename: 2, "another tab": 2, goodbye: 3 } as const;
const ROUGH = { ...POLITE, drop: 2, "lose the network": 1, reload: 3, "drop and return": 3 } as const;
type Act = keyof typeof ROUGH;
export type Manners = "polite" | "rough";

const ACTS = { polite: weighted(POLITE), rough: weighted(ROUGH) } as const;

function weighted(acts: Partial<Record<Act, number>>): [Act, ...Act[]] {
  const [first = "show", ...others] = Object.entries(acts).flatMap(([act, weight]) =>
    Array<Act>(weight).fill(act as Act),
  );
  return [first, ...others];
}

/** Somebody with a guest key, some tabs and a network of their own, who never sits still while there is unrest. */
export class Person {
  tabs: Tab[] = [];
  /** Tabs that ended, for what they were told. */
  readonly past: Tab[] = [];
  /** How often it went and was not back well within the grace: nobody may have been told more often that it left. */
  departures = 0;
  readonly #name: string;
  readonly #place: Place;
  readonly #dice: Dice;
  readonly #network: Network;
  readonly #key = randomBytes(16).toString("base64url");
  #given = 0;
  /** When it dropped, with no tab left. */
  #droppedAt: number | undefined;

  private constructor(name: string, place: Place, dice: Dice, network: Network) {
    this.#name = name;
    this.#place = place;
    this.#dice = dice;
    this.#network = network;
  }

  static async start(name: string, place: Place, dice: Dice): Promise<Person> {
    return new Person(name, place, dice, await Network.start(place.port));
  }

  /** What everybody is to see of it; undefined while it has no tab. */
  get entry(): Entry | undefined {
    const [first, ...others] = this.tabs;
    if (first === undefined) return undefined;
    let { member, named, shown } = first;
    for (const tab of others) {
      if (tab.named.at > named.at) named = tab.named;
      if (tab.shown !== undefined && tab.shown.at > (shown?.at ?? 0)) shown = tab.shown;
    }
    return { member, name: named.value, state: shown?.value ?? null };
  }

  async live(until: number, manners: Manners): Promise<void> {
    for (;;) {
      await sleep(this.#dice.within(PAUSE_MS.min, PAUSE_MS.max));
      if (Date.now() > until) break;
      await this.#return();
      if (this.tabs.length > 0) await this.#act(this.#dice.pick(...ACTS[manners]));
      else if (this.#dice.chance(0.5)) await this.enter();
    }
    await this.rest();
  }

  /** Comes back with every tab that it lost, and stays as it is. */
  async rest(): Promise<void> {
    await this.#return();
    this.#settle();
  }

  async enter(): Promise<void> {
    const end = Date.now() + 15_000;
    const address = `ws://127.0.0.1:${this.#network.port}${this.#place.path}`;
    for (;;) {
      const tab = await Tab.open(address, this.#key, this.#another(), this.#place.listed);
      if (tab !== undefined) {
        this.tabs.push(tab);
        break;
      }
      if (Date.now() > end) throw new Error(`${this.#name} could not enter.`);
      await sleep(20);
    }
    this.#settle();
  }

  /** Ends all its tabs. Where it says no goodbye, it may be taken to be here for the grace. */
  async leave(): Promise<void> {
    while (this.tabs.length > 0) await this.#goodbye();
  }

  async stop(): Promise<void> {
    for (const tab of this.tabs) tab.drop();
    await this.#network.stop();
  }

  async #act(act: Act): Promise<void> {
    const tab = this.#dice.pick(this.tabs[0], ...this.tabs.slice(1));
    if (tab === undefined) return;
    switch (act) {
      case "show":
        return tab.show({ state: { n: ++this.#given, typing: this.#dice.chance(0.5) } });
      case "rename":
        return tab.show({ name: this.#another() });
      case "another tab":
        return this.tabs.length < MOST_TABS ? this.enter() : undefined;
      case "goodbye":
        return this.#goodbye();
      case "drop":
        return this.#drop(tab);
      case "lose the network":
        this.#loseNetwork();
        break;
      case "reload":
        await this.#reload(tab);
        break;
      case "drop and return":
        this.#drop(tab);
        break;
    }
    await sleep(this.#dice.within(0, this.#place.graceMs / 3));
    await this.enter();
    if (this.#dice.chance(0.5)) await this.tabs.at(-1)?.show({ state: { back: ++this.#given } });
  }

  async #goodbye(): Promise<void> {
    const [tab] = this.tabs;
    if (tab === undefined) return;
    await tab.close(this.#dice.pick(1000, undefined));
    this.#past(tab);
    if (this.tabs.length === 0) this.departures++;
  }

  async #reload(tab: Tab): Promise<void> {
    const since = Date.now();
    await tab.close(1001);
    this.#past(tab);
    if (this.tabs.length === 0) this.#droppedAt = since;
  }

  #drop(tab: Tab): void {
    if (this.tabs.length === 1) this.#droppedAt = Date.now();
    tab.drop();
    this.#past(tab);
  }

  #loseNetwork(): void {
    this.#droppedAt = Date.now();
    for (const tab of [...this.tabs]) {
      tab.giveUp();
      this.#past(tab);
    }
    this.#network.unplug();
    this.#network.plug();
  }

  #past(tab: Tab): void {
    this.tabs = this.tabs.filter((other) => other !== tab);
    this.past.push(tab);
  }

  /** The room, or the way to it, failed: whoever was there comes back. */
  async #return(): Promise<void> {
    for (const tab of this.tabs.filter(({ isLost }) => isLost)) {
      this.#past(tab);
      await this.enter();
    }
  }

  /** Whether a drop was a departure. Half the grace is left to whatever kept this machine busy. */
  #settle(): void {
    if (this.#droppedAt === undefined) return;
    const isBack = this.tabs.length > 0 && Date.now() - this.#droppedAt < this.#place.graceMs / 2;
    if (!isBack) this.departures++;
    this.#droppedAt = undefined;
  }

  #another(): string {
    return `${this.#name}, ${++this.#given}`;
  }
}
