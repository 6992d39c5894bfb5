import { createHash } from "node:crypto";
import type { Form } from "./message-data.ts";
import { Dice } from "./random.ts";

/** Times are in milliseconds from the start of the storm. */
export type ClientPlan = { name: string; room: string; joins: number; history: number } & (
  | { kind: "member"; socket: "native" | "ws" }
  | { kind: "plain" }
);

/** `client`: the number of the one that it happens to; a fault passes on to the next one that has a connection. */
export type Action = { at: number } & (
  | { do: "publish"; client: number; n: number; form: Form; size: number }
  | { do: "cut"; client: number }
  | { do: "stall"; client: number; ms: number; ends: "flow" | "cut" }
  /** Only this way passes. */
  | { do: "half-open"; client: number; open: "up" | "down"; ms: number; ends: "flow" | "cut" }
  | { do: "delay"; client: number; by: number; ms: number }
  | { do: "reload"; client: number }
  /** All members are told that the network is back. */
  | { do: "online" }
  | { do: "evict"; room: string; sockets: "hibernate" | "close" }
  | { do: "kill"; downMs: number }
);

/** What happens to whom and when, and who publishes what when: a pure function of seed and seconds. */
export type Plan = {
  seed: number;
  seconds: number;
  settings: Settings;
  rooms: string[];
  clients: ClientPlan[];
  actions: Action[];
};

/** What the service replays at most, what it keeps, and what a message may hold. */
export type Settings = { resumeMessages: number; historyMessages: number; messageBytes: number };

const ROOMS = 3;
/** How much of each a minute holds; a shorter run has its part of that. */
const A_MINUTE = {
  publishes: 13_000,
  cuts: 150,
  stalls: 40,
  halfOpens: 30,
  delays: 30,
  reloads: 30,
  onlines: 12,
  oversize: 12,
  kills: 5,
  evictions: 60,
} as const;

const MESSAGE_BYTES = 65_536;

export function planOf(seed: number, seconds: number): Plan {
  const rooms = Array.from({ length: ROOMS }, (_, i) => `chaos ${i} of ${seed}`);
  const clients = clientsOf(seed, seconds, rooms);
  const actions = [
    ...publishes(seed, seconds, clients),
    ...faults(seed, seconds, clients.length),
    ...onlines(seed, seconds),
    ...evictions(seed, seconds, rooms),
    ...kills(seed, seconds),
  ];
  const settings = settingsOf(seed);
  return { seed, seconds, settings, rooms, clients, actions: actions.sort((a, b) => a.at - b.at) };
}

function settingsOf(seed: number): Settings {
  const dice = new Dice(seed, "settings");
  return {
    // Few, so that a client that was away for some seconds has missed more; or more, so that a replay is a long one.
    resumeMessages: dice.pick(200, 200, 1000),
    // Few, so that the log is trimmed in the storm; but more than come in the time in which a publish may be sent again.
    historyMessages: dice.pick(10_000, 3500),
    messageBytes: MESSAGE_BYTES,
  };
}

/** SHA-256 of the whole plan, in hexadecimal. */
export function digestOf(plan: Plan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex");
}

function part(kind: keyof typeof A_MINUTE, seconds: number, least = 1): number {
  return Math.max(least, Math.ceil((A_MINUTE[kind] * seconds) / 60));
}

function repeat<T>(seed: number, purpose: string, count: number, make: (dice: Dice) => T): T[] {
  const dice = new Dice(seed, purpose);
  return Array.from({ length: count }, () => make(dice));
}

function clientsOf(seed: number, seconds: number, rooms: readonly string[]): ClientPlan[] {
  const members = Math.min(21, Math.max(9, Math.round(seconds * 0.35)));
  const plain = Math.min(6, Math.max(3, Math.round(seconds / 10)));
  const dice = new Dice(seed, "clients");
  // Most are there from the start; some come when there is something to catch up with.
  const joins = () => (dice.chance(0.75) ? dice.within(0, 300) : dice.within(300, seconds * 300));
  const roomOf = (i: number) => rooms[i % rooms.length] ?? "";
  return [
    ...Array.from(
      { length: members },
      (_, i): ClientPlan => ({
        name: `member${i}`,
        room: roomOf(i),
        joins: joins(),
        kind: "member",
        socket: dice.pick("native", "ws"),
        history: dice.pick(0, 0, 50, 400),
      }),
    ),
    ...Array.from(
      { length: plain },
      (_, i): ClientPlan => ({
        name: `plain${i}`,
        room: roomOf(i),
        joins: joins(),
        history: dice.pick(0, 0, 100),
        kind: "plain",
      }),
    ),
  ];
}

function publishes(seed: number, seconds: number, clients: readonly ClientPlan[]): Action[] {
  const dice = new Dice(seed, "publishes");
  const actions: Action[] = [];
  const sent = clients.map(() => 0);
  const publish = (client: number, at: number, form: Form, size: number) => {
    const n = (sent[client] ?? 0) + 1;
    sent[client] = n;
    actions.push({ at, do: "publish", client, n, form, size });
  };
  const count = part("publishes", seconds);
  while (actions.length < count) {
    const client = dice.within(0, clients.length - 1);
    const at = dice.within(clients[client]?.joins ?? 0, seconds * 1000);
    const burst = dice.chance(0.03) ? dice.within(8, 32) : 1;
    for (let i = 0; i < burst; i++) {
      publish(client, at, dice.pick("string", "object", "object", "list", "bytes"), sizeOf(dice));
    }
  }
  const members = clients.flatMap(({ kind }, i) => (kind === "member" ? [i] : []));
  for (let i = 0; i < part("oversize", seconds); i++) {
    const client = members[dice.within(0, members.length - 1)] ?? 0;
    // The size is that of the noise in it, so it is refused.
    publish(client, dice.within(0, seconds * 1000), dice.pick("string", "bytes"), MESSAGE_BYTES);
  }
  return actions;
}

function sizeOf(dice: Dice): number {
  const kind = dice.next();
  if (kind < 0.85) return dice.within(0, 200);
  return kind < 0.99 ? dice.within(200, 3000) : dice.within(3000, 20_000);
}

function faults(seed: number, seconds: number, clients: number): Action[] {
  const hit = (dice: Dice) => ({ at: dice.within(500, seconds * 1000), client: dice.within(0, clients - 1) });
  // Longer than a heartbeat's patience now and then, where the run leaves time for it.
  const pause = (dice: Dice) =>
    seconds >= 30 && dice.chance(0.15) ? dice.within(11_000, 14_000) : dice.within(100, 4000);
  return [
    ...repeat(seed, "cuts", part("cuts", seconds, 8), (dice): Action => ({ ...hit(dice), do: "cut" })),
    ...repeat(
      seed,
      "stalls",
      part("stalls", seconds, 3),
      (dice): Action => ({
        ...hit(dice),
        do: "stall",
        ms: pause(dice),
        ends: dice.pick("flow", "cut"),
      }),
    ),
    ...repeat(
      seed,
      "half-opens",
      part("halfOpens", seconds, 3),
      (dice): Action => ({
        ...hit(dice),
        do: "half-open",
        open: dice.pick("up", "down"),
        ms: pause(dice),
        ends: dice.pick("flow", "cut"),
      }),
    ),
    ...repeat(
      seed,
      "delays",
      part("delays", seconds, 3),
      (dice): Action => ({
        ...hit(dice),
        do: "delay",
        by: dice.within(20, 400),
        ms: dice.within(500, 5000),
      }),
    ),
    ...repeat(
      seed,
      "reloads",
      part("reloads", seconds, 3),
      (dice): Action => ({ ...hit(dice), do: "reload" }),
    ),
  ];
}

function onlines(seed: number, seconds: number): Action[] {
  return repeat(seed, "onlines", part("onlines", seconds), (dice) => ({
    at: dice.within(500, seconds * 1000),
    do: "online",
  }));
}

function evictions(seed: number, seconds: number, rooms: readonly string[]): Action[] {
  return repeat(
    seed,
    "evictions",
    part("evictions", seconds, 8),
    (dice): Action => ({
      at: dice.within(500, seconds * 1000),
      do: "evict",
      room: rooms[dice.within(0, rooms.length - 1)] ?? "",
      sockets: dice.pick("hibernate", "hibernate", "hibernate", "close"),
    }),
  );
}

/** One in each part of the run, so that every life of the runtime is long enough to mean something. */
function kills(seed: number, seconds: number): Action[] {
  const count = part("kills", seconds);
  const slice = (seconds * 1000) / count;
  const dice = new Dice(seed, "kills");
  return Array.from(
    { length: count },
    (_, i): Action => ({
      at: Math.round(slice * (i + 0.3 + 0.5 * dice.next())),
      do: "kill",
      downMs: dice.within(0, 1500),
    }),
  );
}
