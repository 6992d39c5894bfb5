import { setTimeout as sleep } from "node:timers/promises";
import { type Leg, Network } from "../support/network.ts";
import { dataOf } from "./message-data.ts";
import { Online } from "./online-events.ts";
import { PlainClient } from "./plain-client.ts";
import type { Action, ClientPlan, Plan } from "./plan.ts";
import type { Runtime } from "./runtime.ts";
import { Member } from "./sdk-client.ts";
import type { Deeds } from "./summary.ts";

/** A client with a network of its own, so that what happens to it happens to no other. */
export type Party = { client: Member | PlainClient; network: Network };

type Fault = Extract<Action, { client: number }>;

/** Does to the service and its clients what the plan says, when it says so. */
export class Storm {
  readonly parties: readonly Party[];
  readonly deeds: Deeds = {
    cuts: 0,
    stalls: 0,
    halfOpens: 0,
    delays: 0,
    reloads: 0,
    onlines: 0,
    kills: 0,
    evictions: 0,
    restless: 0,
    errors: 0,
  };
  readonly #plan: Plan;
  readonly #runtime: Runtime;
  readonly #online = new Online();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** The last eviction of each room; it takes its time, while the plan goes on. */
  readonly #evictions = new Map<string, Promise<void>>();
  #restart: Promise<void> = Promise.resolve();

  private constructor(plan: Plan, runtime: Runtime, parties: readonly Party[]) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.parties = parties;
  }

  static async prepare(plan: Plan, runtime: Runtime): Promise<Storm> {
    const parties = plan.clients.map(async (each): Promise<Party> => {
      const network = await Network.start(() => runtime.port);
      return { network, client: clientOf(each, `127.0.0.1:${network.port}`) };
    });
    return new Storm(plan, runtime, await Promise.all(parties));
  }

  /** Resolves when all has happened, and the network is whole again. */
  async rage(): Promise<void> {
    const start = Date.now();
    this.#plan.clients.forEach(
      ({ joins }, i) => void this.#later(joins, () => this.parties[i]?.client.join()),
    );
    for (const action of this.#plan.actions) {
      const wait = start + action.at - Date.now();
      if (wait > 0) await sleep(wait);
      this.#act(action);
    }
    await this.#restart;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { network } of this.parties) {
      for (const leg of network.legs) {
        leg.delay(0);
        leg.flow();
      }
    }
    await Promise.all(this.#evictions.values());
    this.#online.tell();
  }

  /** Ends all clients and their networks. */
  async end(): Promise<void> {
    for (const { client } of this.parties) {
      client.end();
      if (client instanceof Member) this.deeds.errors += client.errors;
    }
    this.#online.end();
    await Promise.all(this.parties.map(({ network }) => network.stop()));
  }

  #act(action: Action): void {
    switch (action.do) {
      case "publish": {
        const { client, n, form, size } = action;
        this.parties[client]?.client.publish(dataOf(`${this.#plan.clients[client]?.name}`, n, form, size));
        break;
      }
      case "online":
        this.#online.tell();
        this.deeds.onlines++;
        break;
      case "evict":
        this.#evictions.set(action.room, this.#evict(action));
        break;
      case "kill":
        // One after the other: a runtime that is down cannot be killed.
        this.#restart = this.#restart.then(async () => {
          await this.#runtime.restart(action.downMs);
          this.deeds.kills++;
        });
        break;
      default:
        this.#fault(action);
    }
  }

  /** Where the runtime is down, as soon as it is back; and one at a time. */
  async #evict({ room, sockets }: Extract<Action, { do: "evict" }>): Promise<void> {
    await this.#evictions.get(room);
    await this.#restart;
    const evicted = await this.#runtime.evict(room, sockets);
    if (evicted === "evicted") this.deeds.evictions++;
    else if (evicted === "busy") this.deeds.restless++;
  }

  #fault(fault: Exclude<Fault, { do: "publish" }>): void {
    const { client, network } = this.#victim(fault.client);
    const { legs } = network;
    if (legs.length === 0) return;
    switch (fault.do) {
      case "cut":
        for (const leg of legs) leg.cut();
        this.deeds.cuts++;
        break;
      case "stall":
        for (const leg of legs) leg.stall();
        this.#later(fault.ms, () => void end(legs, fault.ends));
        this.deeds.stalls++;
        break;
      case "half-open":
        for (const leg of legs) leg.stall(fault.open === "up" ? "down" : "up");
        this.#later(fault.ms, () => void end(legs, fault.ends));
        this.deeds.halfOpens++;
        break;
      case "delay":
        for (const leg of legs) leg.delay(fault.by);
        this.#later(fault.ms, () => {
          for (const leg of legs) leg.delay(0);
        });
        this.deeds.delays++;
        break;
      case "reload":
        if (client.reload()) this.deeds.reloads++;
        break;
    }
  }

  /** The client of this number, or the next one that has a connection. */
  #victim(number: number): Party {
    const order = [...this.parties.slice(number), ...this.parties.slice(0, number)];
    const [first] = order;
    if (first === undefined) throw new Error("There is nobody to strike.");
    return order.find(({ network }) => network.legs.length > 0) ?? first;
  }

  #later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }
}

function clientOf(plan: ClientPlan, host: string): Member | PlainClient {
  return plan.kind === "member" ? new Member(plan, host) : new PlainClient(plan, host);
}

function end(legs: readonly Leg[], how: "flow" | "cut"): void {
  for (const leg of legs) {
    if (how === "cut") leg.cut();
    else leg.flow();
  }
}
