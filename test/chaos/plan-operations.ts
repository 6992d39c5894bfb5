import { Random } from "./random.ts";

/** The operations that a client makes on another message. */
export type OperationName = "edit" | "delete" | "append" | "react" | "unreact";

/** `both`: over the socket and over HTTP at the same time, with the same id. */
export type Way = "socket" | "http" | "both";

/**
 * Actions on messages. `topic`: all operations of a room with the same topic have the same target, which the first of them chooses:
 * a recent message, of its client itself where `own` is set.
 */
export type OperationAction = { at: number; client: number } & (
  | {
      do: "operate";
      n: number;
      op: OperationName;
      via: Way;
      topic: number;
      own: boolean;
      size: number;
      key: string;
    }
  /** Reads a page of history. `back`: how many seqs before the newest message that the client has. */
  | { do: "page"; back: number; limit: number }
);

type Operate = Extract<OperationAction, { do: "operate" }>;

/** Actions per minute. */
const PER_MINUTE = { single: 2400, races: 150, streams: 70, pages: 150 } as const;

const KEYS = ["👍", "heart", "constructor", "__proto__", "a b/%?"] as const;

type Member = { client: number; room: string; joins: number };

/** The operations of a run. @param members the numbers of the clients that have a cursor, their rooms, and when they join */
export function operationsOf(seed: number, seconds: number, members: readonly Member[]): OperationAction[] {
  const operations = new Operations(seed, seconds, members);
  const count = (each: keyof typeof PER_MINUTE) => Math.ceil((PER_MINUTE[each] * seconds) / 60);
  for (let i = 0; i < count("single"); i++) operations.single();
  for (let i = 0; i < count("races"); i++) operations.race();
  for (let i = 0; i < count("streams"); i++) operations.stream();
  for (let i = 0; i < count("pages"); i++) operations.page();
  return operations.actions;
}

class Operations {
  readonly actions: OperationAction[] = [];
  readonly #random: Random;
  readonly #seconds: number;
  readonly #members: readonly Member[];
  readonly #sent = new Map<number, number>();
  #topics = 0;

  constructor(seed: number, seconds: number, members: readonly Member[]) {
    this.#random = new Random(seed, "operations");
    this.#seconds = seconds;
    this.#members = members;
  }

  /** One operation on a message. Most are on messages of their client itself: it may not change others. */
  single(): void {
    const { client, joins } = this.#member();
    const op = this.#random.pick<OperationName>(
      ...(["edit", "append", "append", "react", "react", "unreact", "unreact", "delete"] as const),
    );
    const own = this.#random.chance(isReaction(op) ? 0.2 : 0.8);
    this.#add(client, this.#time(joins), { op, topic: this.#topics++, own });
  }

  /** Several clients of a room on one message, at the same time. */
  race(): void {
    const first = this.#member();
    const rivals = this.#members.filter(({ room }) => room === first.room);
    const at = this.#time(first.joins);
    const topic = this.#topics++;
    for (let k = this.#random.within(3, 12); k >= 0; k--) {
      const rival = rivals[this.#random.within(0, rivals.length - 1)] ?? first;
      const { client } = this.#random.chance(0.4) ? first : rival;
      const op = this.#random.pick<OperationName>(
        ...(["edit", "append", "append", "append", "react", "react", "unreact", "unreact"] as const),
      );
      this.#add(client, at + this.#random.within(0, 60), { op, topic, own: client === first.client });
    }
    if (this.#random.chance(0.3))
      this.#add(first.client, at + this.#random.within(0, 60), { op: "delete", topic, own: true });
  }

  /** Many small appends, as a model writes an answer. Some are edited or deleted meanwhile, some later. */
  stream(): void {
    const { client, joins } = this.#member();
    const topic = this.#topics++;
    const pieces = this.#random.within(20, 120);
    const every = this.#random.within(2, 40);
    const via = this.#random.pick<Way>("socket", "socket", "socket", "http");
    let at = this.#time(joins);
    for (let k = 0; k < pieces; k++) {
      at += every;
      this.#add(client, at, { op: "append", topic, own: true, size: this.#random.within(0, 12), via });
    }
    if (this.#random.chance(0.4)) {
      const op = this.#random.pick("delete", "edit");
      this.#add(client, at - this.#random.within(0, pieces * every), { op, topic, own: true });
    }
    if (this.#random.chance(0.3))
      this.#add(client, at + this.#random.within(0, 5000), { op: "delete", topic, own: true });
  }

  page(): void {
    const { client, joins } = this.#member();
    const back = this.#random.pick(0, 0, this.#random.within(0, 1000));
    this.actions.push({
      do: "page",
      at: this.#time(joins),
      client,
      back,
      limit: this.#random.pick(5, 50, 300),
    });
  }

  #add(
    client: number,
    at: number,
    operation: Pick<Operate, "op" | "topic" | "own"> & { size?: number; via?: Way },
  ): void {
    const random = this.#random;
    const n = (this.#sent.get(client) ?? 0) + 1;
    this.#sent.set(client, n);
    const {
      size = random.within(0, random.chance(0.05) ? 3000 : 60),
      via = random.pick<Way>("socket", "socket", "http", "both"),
    } = operation;
    const key = random.pick<string>(...KEYS);
    const end = this.#seconds * 1000;
    this.actions.push({ do: "operate", at: Math.min(at, end), client, n, ...operation, size, via, key });
  }

  #member(): Member {
    const member = this.#members[this.#random.within(0, this.#members.length - 1)];
    if (member === undefined) throw new Error("The plan has no clients with a cursor.");
    return member;
  }

  #time(joins: number): number {
    return this.#random.within(Math.min(joins + 500, this.#seconds * 900), this.#seconds * 1000);
  }
}

export function isReaction(op: OperationName): boolean {
  return op === "react" || op === "unreact";
}
