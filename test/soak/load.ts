import { setTimeout as sleep } from "node:timers/promises";
import { SoakClient, type Tally } from "./soak-client.ts";

/** @param rate messages a second, of all rooms together. `rejoins`: clients a second that leave and return. `bytes`: of a message */
export type Scale = { rooms: number; sockets: number; rate: number; rejoins: number; bytes: number };

/** How long the last deliveries may take: milliseconds. */
const SETTLE_MS = 30_000;
/** Joins at the same time, while the load begins. */
const JOINING = 20;
const TICK_MS = 10;
/** How long a client that left is away: milliseconds. */
const AWAY_MS = 1000;

/** Rooms whose members publish in turns, at a steady rate, and leave and return in turns. */
export class Load {
  readonly tally: Tally = { latencies: [], deliveries: 0, joins: 0, faults: [] };
  readonly #scale: Scale;
  readonly #rooms: SoakClient[][];
  readonly #published: number[];
  readonly #away = new Set<SoakClient>();
  #sent = 0;
  #left = 0;

  constructor(scale: Scale, urlOf: (room: string) => string) {
    this.#scale = scale;
    this.#rooms = Array.from({ length: scale.rooms }, (_, room) =>
      Array.from(
        { length: scale.sockets },
        (_, i) =>
          new SoakClient(urlOf(`soak-${room}`), `soak-client-${room}-${i}`.padEnd(20, "0"), this.tally),
      ),
    );
    this.#published = this.#rooms.map(() => 0);
  }

  async open(): Promise<void> {
    const clients = this.#rooms.flat();
    for (let from = 0; from < clients.length; from += JOINING)
      await Promise.all(clients.slice(from, from + JOINING).map((client) => client.join()));
  }

  /** Publishes until the signal. @throws the first fault */
  async run(signal: AbortSignal): Promise<void> {
    const { rate, rejoins } = this.#scale;
    const began = performance.now();
    while (!signal.aborted) {
      const seconds = (performance.now() - began) / 1000;
      while (this.#sent < seconds * rate) this.#publish();
      while (this.#left < Math.floor(seconds * rejoins)) this.#rejoin();
      this.check();
      await sleep(TICK_MS);
    }
    await this.#settled();
    for (const client of this.#rooms.flat()) client.leave(true);
  }

  check(): void {
    const [fault] = this.tally.faults;
    if (fault !== undefined) throw new Error(fault);
  }

  get published(): number {
    return this.#sent;
  }

  /** The rooms take turns, and within each room its members. */
  #publish(): void {
    const room = this.#sent % this.#rooms.length;
    const clients = this.#rooms[room]?.filter((client) => !this.#away.has(client)) ?? [];
    const n = this.#published[room] ?? 0;
    this.#published[room] = n + 1;
    this.#sent++;
    clients[n % clients.length]?.publish(`${room}-${n}`, this.#scale.bytes);
  }

  #rejoin(): void {
    const room = this.#rooms[this.#left % this.#rooms.length];
    const client = room?.[Math.floor(this.#left / this.#rooms.length) % room.length];
    this.#left++;
    if (client === undefined || this.#away.has(client)) return;
    this.#away.add(client);
    client.leave(this.#left % 2 === 0);
    const returns = async () => {
      await sleep(AWAY_MS);
      await client.join();
      this.#away.delete(client);
    };
    returns().catch((error) => this.tally.faults.push(`A client could not return: ${error}`));
  }

  /** Every client has every message. */
  async #settled(): Promise<void> {
    const end = performance.now() + SETTLE_MS;
    const isBehind = () =>
      this.#rooms.some((clients, room) => clients.some(({ last }) => last !== this.#published[room]));
    while (this.#away.size > 0 || isBehind()) {
      this.check();
      if (performance.now() > end) throw new Error("Not all clients received all messages of their rooms.");
      await sleep(TICK_MS);
    }
  }
}
