import { createHash } from "node:crypto";
import type { Form } from "./message-data.ts";
import { type OperationAction, operationsOf } from "./plan-operations.ts";
import { Random } from "./random.ts";

/** Times are in milliseconds from the start of the run. */
export type ClientPlan = {
  name: string;
  room: string;
  joins: number;
  history: number;
} /** A moderator may edit and delete the messages of others. */ & (
  | { kind: "member"; socket: "native" | "ws"; moderator: boolean }
  | { kind: "plain" }
);

/** `client`: the number of the target. A fault moves on to the next client that has a connection. */
export type Action = { at: number } & (
  | { do: "publish"; client: number; n: number; form: Form; size: number }
  | { do: "cut"; client: number }
  | { do: "stall"; client: number; ms: number; ends: "flow" | "cut" }
  /** `open`: the direction that still works. */
  | { do: "half-open"; client: number; open: "up" | "down"; ms: number; ends: "flow" | "cut" }
  | { do: "delay"; client: number; by: number; ms: number }
  | { do: "reload"; client: number }
  /** All members get an `online` event. */
  | { do: "online" }
  | { do: "evict"; room: string; sockets: "hibernate" | "close" }
  | { do: "kill"; downMs: number }
  | OperationAction
);

/** All actions of a run: a pure function of seed and seconds. */
export type Plan = {
  seed: number;
  seconds: number;
  settings: Settings;
  rooms: string[];
  /** The one of `rooms` that has hooks. */
  hookedRoom: string;
  clients: ClientPlan[];
  actions: Action[];
};

/** Settings of the service. */
export type Settings = { resumeMessages: number; historyMessages: number; messageBytes: number };

/** Rooms without hooks. One more has them. */
const ROOMS = 3;
/** Actions per minute. A shorter run has its share. */
const PER_MINUTE = {
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
  const hookedRoom = `hooked ${seed}`;
  const rooms = [...Array.from({ length: ROOMS }, (_, i) => `chaos ${i} of ${seed}`), hookedRoom];
  const clients = clientsOf(seed, seconds, rooms);
  const actions = [
    ...publishes(seed, seconds, clients),
    ...faults(seed, seconds, clients.length),
    ...onlines(seed, seconds),
    ...evictions(seed, seconds, rooms),
    ...operationsOf(seed, seconds, membersOf(clients)),
    ...kills(seed, seconds),
  ];
  const settings = settingsOf(seed);
  return {
    seed,
    seconds,
    settings,
    rooms,
    hookedRoom,
    clients,
    actions: actions.sort((a, b) => a.at - b.at),
  };
}

function settingsOf(seed: number): Settings {
  const random = new Random(seed, "settings");
  return {
    // Either few, so that a short absence misses more, or many, so that a replay is long.
    resumeMessages: random.pick(200, 200, 1000),
    // Few enough for the log to be trimmed, but more than arrive while a publish may be retried.
    historyMessages: random.pick(10_000, 3500),
    messageBytes: MESSAGE_BYTES,
  };
}

/** The SHA-256 of the plan, in hexadecimal. */
export function digestOf(plan: Plan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex");
}

function share(kind: keyof typeof PER_MINUTE, seconds: number, least = 1): number {
  return Math.max(least, Math.ceil((PER_MINUTE[kind] * seconds) / 60));
}

function repeat<T>(seed: number, purpose: string, count: number, make: (random: Random) => T): T[] {
  const random = new Random(seed, purpose);
  return Array.from({ length: count }, () => make(random));
}

function clientsOf(seed: number, seconds: number, rooms: readonly string[]): ClientPlan[] {
  const members = Math.min(21, Math.max(9, Math.round(seconds * 0.35)));
  const plain = Math.min(6, Math.max(3, Math.round(seconds / 10)));
  const random = new Random(seed, "clients");
  // Most join at the start, some when there is history to catch up with.
  const joins = () => (random.chance(0.75) ? random.within(0, 300) : random.within(300, seconds * 300));
  const roomOf = (i: number) => rooms[i % rooms.length] ?? "";
  return [
    ...Array.from(
      { length: members },
      (_, i): ClientPlan => ({
        name: `member${i}`,
        room: roomOf(i),
        joins: joins(),
        kind: "member",
        socket: random.pick("native", "ws"),
        // One in each room.
        moderator: i < rooms.length,
        history: random.pick(0, 0, 50, 400),
      }),
    ),
    ...Array.from(
      { length: plain },
      (_, i): ClientPlan => ({
        name: `plain${i}`,
        room: roomOf(i),
        joins: joins(),
        history: random.pick(0, 0, 100),
        kind: "plain",
      }),
    ),
  ];
}

/** The clients that have a cursor. */
function membersOf(clients: readonly ClientPlan[]): { client: number; room: string; joins: number }[] {
  return clients.flatMap(({ kind, room, joins }, client) =>
    kind === "member" ? [{ client, room, joins }] : [],
  );
}

function publishes(seed: number, seconds: number, clients: readonly ClientPlan[]): Action[] {
  const random = new Random(seed, "publishes");
  const actions: Action[] = [];
  const sent = clients.map(() => 0);
  const publish = (client: number, at: number, form: Form, size: number) => {
    const n = (sent[client] ?? 0) + 1;
    sent[client] = n;
    actions.push({ at, do: "publish", client, n, form, size });
  };
  const count = share("publishes", seconds);
  while (actions.length < count) {
    const client = random.within(0, clients.length - 1);
    const at = random.within(clients[client]?.joins ?? 0, seconds * 1000);
    const burst = random.chance(0.03) ? random.within(8, 32) : 1;
    for (let i = 0; i < burst; i++) {
      publish(client, at, random.pick("string", "object", "object", "list", "bytes"), sizeOf(random));
    }
  }
  const members = membersOf(clients);
  for (let i = 0; i < share("oversize", seconds); i++) {
    const client = members[random.within(0, members.length - 1)]?.client ?? 0;
    // The encoded message is larger than this, so it is refused.
    publish(client, random.within(0, seconds * 1000), random.pick("string", "bytes"), MESSAGE_BYTES);
  }
  return actions;
}

function sizeOf(random: Random): number {
  const kind = random.next();
  if (kind < 0.85) return random.within(0, 200);
  return kind < 0.99 ? random.within(200, 3000) : random.within(3000, 20_000);
}

function faults(seed: number, seconds: number, clients: number): Action[] {
  const hit = (random: Random) => ({
    at: random.within(500, seconds * 1000),
    client: random.within(0, clients - 1),
  });
  // In longer runs, some pauses outlast the client's heartbeat timeout.
  const pause = (random: Random) =>
    seconds >= 30 && random.chance(0.15) ? random.within(11_000, 14_000) : random.within(100, 4000);
  return [
    ...repeat(seed, "cuts", share("cuts", seconds, 8), (random): Action => ({ ...hit(random), do: "cut" })),
    ...repeat(
      seed,
      "stalls",
      share("stalls", seconds, 3),
      (random): Action => ({
        ...hit(random),
        do: "stall",
        ms: pause(random),
        ends: random.pick("flow", "cut"),
      }),
    ),
    ...repeat(
      seed,
      "half-opens",
      share("halfOpens", seconds, 3),
      (random): Action => ({
        ...hit(random),
        do: "half-open",
        open: random.pick("up", "down"),
        ms: pause(random),
        ends: random.pick("flow", "cut"),
      }),
    ),
    ...repeat(
      seed,
      "delays",
      share("delays", seconds, 3),
      (random): Action => ({
        ...hit(random),
        do: "delay",
        by: random.within(20, 400),
        ms: random.within(500, 5000),
      }),
    ),
    ...repeat(
      seed,
      "reloads",
      share("reloads", seconds, 3),
      (random): Action => ({ ...hit(random), do: "reload" }),
    ),
  ];
}

function onlines(seed: number, seconds: number): Action[] {
  return repeat(seed, "onlines", share("onlines", seconds), (random) => ({
    at: random.within(500, seconds * 1000),
    do: "online",
  }));
}

function evictions(seed: number, seconds: number, rooms: readonly string[]): Action[] {
  return repeat(
    seed,
    "evictions",
    share("evictions", seconds, 8),
    (random): Action => ({
      at: random.within(500, seconds * 1000),
      do: "evict",
      room: rooms[random.within(0, rooms.length - 1)] ?? "",
      sockets: random.pick("hibernate", "hibernate", "hibernate", "close"),
    }),
  );
}

/** One kill in each equal part of the run, so that the runtime stays up for a while after each. */
function kills(seed: number, seconds: number): Action[] {
  const count = share("kills", seconds);
  const slice = (seconds * 1000) / count;
  const random = new Random(seed, "kills");
  return Array.from(
    { length: count },
    (_, i): Action => ({
      at: Math.round(slice * (i + 0.3 + 0.5 * random.next())),
      do: "kill",
      downMs: random.within(0, 1500),
    }),
  );
}
