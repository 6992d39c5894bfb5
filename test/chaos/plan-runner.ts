import { setTimeout as sleep } from "node:timers/promises";
import { type Leg, Network } from "../support/network.ts";
import { dataOf, operationLabelOf, pieceOf } from "./message-data.ts";
import { OnlineEvents } from "./online-events.ts";
import { PlainClient } from "./plain-client.ts";
import type { Action, ClientPlan, Plan } from "./plan.ts";
import type { Data } from "./records.ts";
import type { Runtime } from "./runtime.ts";
import { SdkClient } from "./sdk-client.ts";
import type { FaultCounts } from "./summary.ts";
import { Targets } from "./targets.ts";

/** A client behind its own proxy, so that a fault hits no other client. */
export type Participant = { client: SdkClient | PlainClient; network: Network };

type Operate = Extract<Action, { do: "operate" }>;
type Fault = Exclude<Extract<Action, { client: number }>, { do: "publish" | "operate" | "page" }>;

/** Carries out a plan: starts the clients, publishes, and injects the faults at their times. */
export class PlanRunner {
  readonly participants: readonly Participant[];
  readonly faults: FaultCounts = {
    cuts: 0,
    stalls: 0,
    halfOpens: 0,
    delays: 0,
    reloads: 0,
    onlines: 0,
    kills: 0,
    evictions: 0,
    notIdle: 0,
    errors: 0,
  };
  readonly #plan: Plan;
  readonly #runtime: Runtime;
  readonly #targets: Targets;
  readonly #online = new OnlineEvents();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** The last eviction of each room. The plan goes on while it runs. */
  readonly #evictions = new Map<string, Promise<void>>();
  #restart: Promise<void> = Promise.resolve();

  private constructor(plan: Plan, runtime: Runtime, participants: readonly Participant[], targets: Targets) {
    this.#targets = targets;
    this.#plan = plan;
    this.#runtime = runtime;
    this.participants = participants;
  }

  static async prepare(plan: Plan, runtime: Runtime): Promise<PlanRunner> {
    const targets = new Targets();
    const participants = plan.clients.map(async (each): Promise<Participant> => {
      const network = await Network.start(() => runtime.port);
      return { network, client: clientOf(each, `127.0.0.1:${network.port}`, targets) };
    });
    return new PlanRunner(plan, runtime, await Promise.all(participants), targets);
  }

  /** Resolves after the last action, when the network works again. */
  async run(): Promise<void> {
    const start = Date.now();
    this.#plan.clients.forEach(
      ({ joins }, i) => void this.#later(joins, () => this.participants[i]?.client.join()),
    );
    for (const action of this.#plan.actions) {
      const wait = start + action.at - Date.now();
      if (wait > 0) await sleep(wait);
      this.#act(action);
    }
    await this.#restart;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { network } of this.participants) {
      for (const leg of network.legs) {
        leg.delay(0);
        leg.flow();
      }
    }
    await Promise.all(this.#evictions.values());
    this.#online.dispatch();
  }

  /** Ends all clients and their networks. */
  async end(): Promise<void> {
    for (const { client } of this.participants) {
      client.end();
      if (client instanceof SdkClient) this.faults.errors += client.errors;
    }
    this.#online.end();
    await Promise.all(this.participants.map(({ network }) => network.stop()));
  }

  #act(action: Action): void {
    switch (action.do) {
      case "publish": {
        const { client, n, form, size } = action;
        this.participants[client]?.client.publish(
          dataOf(`${this.#plan.clients[client]?.name}`, n, form, size),
        );
        break;
      }
      case "operate":
        this.#operate(action);
        break;
      case "page": {
        const client = this.participants[action.client]?.client;
        if (client instanceof SdkClient) void client.readPage(action.back, action.limit);
        break;
      }
      case "online":
        this.#online.dispatch();
        this.faults.onlines++;
        break;
      case "evict":
        this.#evictions.set(action.room, this.#evict(action));
        break;
      case "kill":
        // Kills wait for each other: a killed runtime cannot be killed again.
        this.#restart = this.#restart.then(async () => {
          await this.#runtime.restart(action.downMs);
          this.faults.kills++;
        });
        break;
      default:
        this.#fault(action);
    }
  }

  #operate({ client: number, n, op, via, topic, own, size, key }: Operate): void {
    const client = this.participants[number]?.client;
    if (!(client instanceof SdkClient)) return;
    const { client: name, room } = client.record;
    const target = this.#targets.of(room, name, { topic, own });
    if (target === undefined) return;
    const id = `${name}-op${n}`;
    const isReaction = op === "react" || op === "unreact";
    client.operate({ id, op, target, ...(isReaction ? { key } : {}), ...contentOf(name, n, op, size) }, via);
  }

  /** Waits for a restart and for an earlier eviction of the room. */
  async #evict({ room, sockets }: Extract<Action, { do: "evict" }>): Promise<void> {
    await this.#evictions.get(room);
    await this.#restart;
    const evicted = await this.#runtime.evict(room, sockets);
    if (evicted === "evicted") this.faults.evictions++;
    else if (evicted === "busy") this.faults.notIdle++;
  }

  #fault(fault: Fault): void {
    const { client, network } = this.#target(fault.client);
    const { legs } = network;
    if (legs.length === 0) return;
    switch (fault.do) {
      case "cut":
        for (const leg of legs) leg.cut();
        this.faults.cuts++;
        break;
      case "stall":
        for (const leg of legs) leg.stall();
        this.#later(fault.ms, () => void end(legs, fault.ends));
        this.faults.stalls++;
        break;
      case "half-open":
        for (const leg of legs) leg.stall(fault.open === "up" ? "down" : "up");
        this.#later(fault.ms, () => void end(legs, fault.ends));
        this.faults.halfOpens++;
        break;
      case "delay":
        for (const leg of legs) leg.delay(fault.by);
        this.#later(fault.ms, () => {
          for (const leg of legs) leg.delay(0);
        });
        this.faults.delays++;
        break;
      case "reload":
        if (client.reload()) this.faults.reloads++;
        break;
    }
  }

  /** The client with this number, or the next one with a connection. */
  #target(number: number): Participant {
    const order = [...this.participants.slice(number), ...this.participants.slice(0, number)];
    const [first] = order;
    if (first === undefined) throw new Error("The plan has no clients.");
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

/** The data of a client's nth operation. */
function contentOf(client: string, n: number, op: Operate["op"], size: number): { data?: Data } {
  if (op === "append") return { data: { json: pieceOf(client, n, size) } };
  if (op !== "edit") return {};
  return { data: dataOf(client, n, n % 3 === 0 ? "string" : "object", size, operationLabelOf(client, n)) };
}

function clientOf(plan: ClientPlan, host: string, targets: Targets): SdkClient | PlainClient {
  return plan.kind === "member" ? new SdkClient(plan, host, targets) : new PlainClient(plan, host);
}

function end(legs: readonly Leg[], how: "flow" | "cut"): void {
  for (const leg of legs) {
    if (how === "cut") leg.cut();
    else leg.flow();
  }
}
