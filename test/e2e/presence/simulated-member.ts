import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../chaos/random.ts";
import { Network } from "../../support/network.ts";
import { Connection, type Entry } from "./connection.ts";

/** The room of a simulation, and its settings. */
export type Room = {
  port: () => number;
  path: string;
  graceMs: number;
  /** The most members that the room lists. */
  listed: number;
};

/** Between two actions of a member. The minimum keeps their clock times distinct. */
const PAUSE_MS = { min: 5, max: 400 } as const;

const MAX_CONNECTIONS = 3;

/** How often each action is chosen. With `clean` ends, the room never has to wait for a grace period. */
const CLEAN = { "set a state": 4, rename: 2, connect: 2, close: 3 } as const;
const UNCLEAN = { ...CLEAN, drop: 2, "lose the network": 1, reload: 3, "drop and reconnect": 3 } as const;
type Action = keyof typeof UNCLEAN;
export type Ends = "clean" | "unclean";

const ACTIONS = { clean: weighted(CLEAN), unclean: weighted(UNCLEAN) } as const;

function weighted(actions: Partial<Record<Action, number>>): [Action, ...Action[]] {
  const [first = "connect", ...others] = Object.entries(actions).flatMap(([action, weight]) =>
    Array<Action>(weight).fill(action as Action),
  );
  return [first, ...others];
}

/** A member with a guest key, up to three connections and its own network, which acts at random. */
export class SimulatedMember {
  connections: Connection[] = [];
  /** Connections that ended, for the frames that they got. */
  readonly ended: Connection[] = [];
  /** How often it was away for longer than a part of the grace. No client may see it leave more often. */
  departures = 0;
  readonly #name: string;
  readonly #room: Room;
  readonly #random: Random;
  readonly #network: Network;
  readonly #key = randomBytes(16).toString("base64url");
  /** Numbers the names and states, so that no two are alike. */
  #updates = 0;
  /** When it lost its last connection without a close. */
  #droppedAt: number | undefined;

  private constructor(name: string, room: Room, random: Random, network: Network) {
    this.#name = name;
    this.#room = room;
    this.#random = random;
    this.#network = network;
  }

  static async start(name: string, room: Room, random: Random): Promise<SimulatedMember> {
    return new SimulatedMember(name, room, random, await Network.start(room.port));
  }

  /** How every client must see it. Undefined while it has no connection. */
  get entry(): Entry | undefined {
    const [first, ...others] = this.connections;
    if (first === undefined) return undefined;
    let { member, name, state } = first;
    for (const connection of others) {
      if (connection.name.at > name.at) name = connection.name;
      if (connection.state !== undefined && connection.state.at > (state?.at ?? 0)) state = connection.state;
    }
    return { member, name: name.value, state: state?.value ?? null };
  }

  /** Acts at random until a time, then settles. */
  async actUntil(end: number, ends: Ends): Promise<void> {
    for (;;) {
      await sleep(this.#random.within(PAUSE_MS.min, PAUSE_MS.max));
      if (Date.now() > end) break;
      await this.#reconnectLost();
      if (this.connections.length > 0) await this.#act(this.#random.pick(...ACTIONS[ends]));
      else if (this.#random.chance(0.5)) await this.connect();
    }
    await this.settle();
  }

  /** Reopens every lost connection, and then does nothing more. */
  async settle(): Promise<void> {
    await this.#reconnectLost();
    this.#countDeparture();
  }

  async connect(): Promise<void> {
    const end = Date.now() + 15_000;
    const address = `ws://127.0.0.1:${this.#network.port}${this.#room.path}`;
    for (;;) {
      const connection = await Connection.open(address, this.#key, this.#newName(), this.#room.listed);
      if (connection !== undefined) {
        this.connections.push(connection);
        break;
      }
      if (Date.now() > end) throw new Error(`${this.#name} could not join.`);
      await sleep(20);
    }
    this.#countDeparture();
  }

  /** Closes all its connections. */
  async leave(): Promise<void> {
    while (this.connections.length > 0) await this.#close();
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.drop();
    await this.#network.stop();
  }

  async #act(action: Action): Promise<void> {
    const connection = this.#random.pick(this.connections[0], ...this.connections.slice(1));
    if (connection === undefined) return;
    switch (action) {
      case "set a state":
        return connection.update({ state: { n: ++this.#updates, typing: this.#random.chance(0.5) } });
      case "rename":
        return connection.update({ name: this.#newName() });
      case "connect":
        return this.connections.length < MAX_CONNECTIONS ? this.connect() : undefined;
      case "close":
        return this.#close();
      case "drop":
        return this.#drop(connection);
      case "lose the network":
        this.#loseNetwork();
        break;
      case "reload":
        await this.#reload(connection);
        break;
      case "drop and reconnect":
        this.#drop(connection);
        break;
    }
    await sleep(this.#random.within(0, this.#room.graceMs / 3));
    await this.connect();
    if (this.#random.chance(0.5)) await this.connections.at(-1)?.update({ state: { back: ++this.#updates } });
  }

  async #close(): Promise<void> {
    const [connection] = this.connections;
    if (connection === undefined) return;
    await connection.close(this.#random.pick(1000, undefined));
    this.#onEnd(connection);
    if (this.connections.length === 0) this.departures++;
  }

  async #reload(connection: Connection): Promise<void> {
    const since = Date.now();
    await connection.close(1001);
    this.#onEnd(connection);
    if (this.connections.length === 0) this.#droppedAt = since;
  }

  #drop(connection: Connection): void {
    if (this.connections.length === 1) this.#droppedAt = Date.now();
    connection.drop();
    this.#onEnd(connection);
  }

  #loseNetwork(): void {
    this.#droppedAt = Date.now();
    for (const connection of [...this.connections]) {
      connection.expectLoss();
      this.#onEnd(connection);
    }
    this.#network.unplug();
    this.#network.plug();
  }

  #onEnd(connection: Connection): void {
    this.connections = this.connections.filter((other) => other !== connection);
    this.ended.push(connection);
  }

  /** Reopens the connections that the service or the network ended. */
  async #reconnectLost(): Promise<void> {
    for (const connection of this.connections.filter(({ isLost }) => isLost)) {
      this.#onEnd(connection);
      await this.connect();
    }
  }

  /** Counts a drop as a departure after half the grace, since a busy machine may add the other half. */
  #countDeparture(): void {
    if (this.#droppedAt === undefined) return;
    const isBack = this.connections.length > 0 && Date.now() - this.#droppedAt < this.#room.graceMs / 2;
    if (!isBack) this.departures++;
    this.#droppedAt = undefined;
  }

  #newName(): string {
    return `${this.#name}, ${++this.#updates}`;
  }
}
