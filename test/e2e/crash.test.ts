import { once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { decodeBinary, encodeBinary } from "../../src/protocol/binary.ts";
import {
  binaryDownSchema,
  type HistoryMessage,
  historyPageSchema,
  messagesSchema,
  welcomeSchema,
} from "../../src/protocol/down.ts";
import { HISTORY_LIMIT, SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";

const KILLS = 3;
/** Messages that the observer receives before each kill. */
const SEEN_PER_RUN = 1500;
/** Unacknowledged messages per publisher at any time. */
const IN_FLIGHT = 40;

/** Publishes as fast as its own messages return, so that some are always in flight. */
abstract class Client {
  readonly name: string;
  /** Resolves when the connection has ended and all its frames are handled. */
  ended: Promise<unknown> = Promise.resolve();
  readonly #publishes: boolean;
  #socket: WebSocket | undefined;
  #sent = 0;
  #inFlight = 0;

  constructor(name: string, publishes: boolean) {
    this.name = name;
    this.#publishes = publishes;
  }

  abstract join(room: string): Promise<void>;
  protected abstract take(frame: Buffer, isBinary: boolean): void;
  /** The frame of this client's nth message. No two messages are alike. */
  protected abstract frame(n: number): string | Uint8Array;

  protected async open(url: string, protocol: string[]): Promise<void> {
    const socket = new WebSocket(url, protocol, { perMessageDeflate: false });
    // A refused upgrade makes `once` throw below. Later errors only report that workerd was killed.
    socket.on("error", () => {});
    socket.on("message", (frame: Buffer, isBinary) => this.take(frame, isBinary));
    this.ended = new Promise((resolve) => socket.once("close", resolve));
    this.#socket = socket;
    await once(socket, "open");
  }

  startPublishing(): void {
    this.#inFlight = 0;
    this.#publish();
  }

  protected returned(): void {
    this.#inFlight--;
    this.#publish();
  }

  #publish(): void {
    while (this.#publishes && this.#inFlight < IN_FLIGHT) {
      this.#inFlight++;
      this.#socket?.send(this.frame(++this.#sent), () => {});
    }
  }
}

/** Speaks `dormouse.v1` and resumes from its cursor, so its messages must have no gap over all connections. */
class Member extends Client {
  readonly seen: HistoryMessage[] = [];
  /** Unexpected frames: out of order, or not of messages. */
  readonly faults: string[] = [];
  epoch: string | undefined;
  #position = 0;
  #welcomed = () => {};
  #goal = { seen: Number.POSITIVE_INFINITY, reached: () => {} };

  async join(room: string): Promise<void> {
    const cursor = this.epoch === undefined ? "" : `?cursor=${this.epoch}.${this.#position}`;
    const welcomed = new Promise<void>((resolve) => {
      this.#welcomed = resolve;
    });
    await this.open(room + cursor, [SUBPROTOCOL]);
    await welcomed;
  }

  /** Resolves in the turn in which this many messages have been received. */
  hasSeen(seen: number): Promise<void> {
    return new Promise((reached) => {
      this.#goal = { seen, reached };
    });
  }

  protected take(frame: Buffer, isBinary: boolean): void {
    if (isBinary) this.#takeBinary(frame);
    else this.#takeText(frame.toString());
  }

  #takeBinary(frame: Buffer): void {
    const decoded = decodeBinary(new Uint8Array(frame).buffer);
    if (!decoded.ok) throw new Error(decoded.why);
    const { type: _, ...message } = v.parse(binaryDownSchema, decoded.header);
    this.#see({ ...message, binary: Buffer.from(decoded.bytes).toString("base64") });
  }

  #takeText(text: string): void {
    const json: { type: string } = JSON.parse(text);
    if (json.type === "messages") {
      const { first, at, messages } = v.parse(messagesSchema, json);
      messages.forEach((message, i) => void this.#see({ ...message, seq: first + i, at }));
    } else if (json.type === "welcome") this.#welcome(v.parse(welcomeSchema, json));
    else if (json.type === "error" || json.type === "bye") this.faults.push(text);
  }

  #welcome({ epoch, seq, resumed, reason }: v.InferOutput<typeof welcomeSchema>): void {
    if (this.epoch === undefined) this.#position = seq;
    else if (!resumed || epoch !== this.epoch) this.faults.push(`not resumed: ${reason}, epoch ${epoch}`);
    this.epoch = epoch;
    this.#welcomed();
  }

  #see(message: HistoryMessage): void {
    if (message.seq !== this.#position + 1) this.faults.push(`${message.seq} came after ${this.#position}`);
    this.#position = message.seq;
    this.seen.push(message);
    if (this.seen.length === this.#goal.seen) this.#goal.reached();
    if (message.id.startsWith(`${this.name}-`)) this.returned();
  }

  protected frame(n: number): string | Uint8Array {
    const id = `${this.name}-${n}`;
    const data = `${this.name} ${n}`;
    if (n % 4 > 0) return JSON.stringify({ type: "publish", id, data });
    return new Uint8Array(encodeBinary({ type: "publish", id }, Buffer.from(data)));
  }
}

/** Sends and receives bare data. The messages of each connection are a sequence of their own. */
class Plain extends Client {
  readonly runs: string[][] = [];

  async join(room: string): Promise<void> {
    this.runs.push([]);
    await this.open(room, []);
  }

  protected take(frame: Buffer, isBinary: boolean): void {
    this.runs.at(-1)?.push(`${isBinary ? "binary" : "text"} ${frame}`);
    if (frame.toString().startsWith(`${this.name} `)) this.returned();
  }

  protected frame(n: number): string | Uint8Array {
    const data = `${this.name} ${n}`;
    return n % 4 > 0 ? data : Buffer.from(data);
  }
}

/** Reads the whole log over a socket, oldest message first. */
async function readLog(room: string): Promise<{ epoch: string; log: HistoryMessage[] }> {
  const socket = await TestSocket.open(room, SUBPROTOCOL);
  const { epoch, seq } = v.parse(welcomeSchema, await socket.until("welcome"));
  const pages: HistoryMessage[][] = [];
  let before = seq + 1;
  for (let more = true; more; ) {
    socket.send({ type: "history", id: "page", before, limit: HISTORY_LIMIT.max });
    const page = v.parse(historyPageSchema, await socket.until("history"));
    pages.push(page.messages);
    // An empty page would be requested forever.
    more = page.more && page.messages.length > 0;
    before = page.messages[0]?.seq ?? 0;
  }
  socket.ws.terminate();
  return { epoch, log: pages.reverse().flat() };
}

/** A message as a plain socket receives it, with its frame type. */
function asPlain(message: HistoryMessage): string {
  if (!("binary" in message)) return `text ${message.data}`;
  return `binary ${Buffer.from(message.binary, "base64")}`;
}

/** Whether the log contains these messages in a row. */
function isRunOf(log: readonly string[], run: readonly string[]): boolean {
  const start = log.indexOf(run[0] ?? "");
  return start >= 0 && isDeepStrictEqual(run, log.slice(start, start + run.length));
}

/** No rate limit, and no retention. */
const vars = { PUBLISH_RATE: "0", HISTORY_MESSAGES: "10000000" };
let service: Workerd;
beforeAll(async () => {
  service = await startWorkerd({ vars });
});
afterAll(() => service?.stop());

test("[DUR-1] [ORD-1] after SIGKILL the log holds every delivered message, and resumed clients see no gap", async () => {
  const observer = new Member("observer", false);
  const members = [observer, ...["ann", "bob", "cid"].map((name) => new Member(name, true))];
  const plain = [new Plain("pat", true), new Plain("quinn", true), new Plain("ray", false)];
  const clients: Client[] = [...members, ...plain];

  for (let kill = 1; kill <= KILLS; kill++) {
    const room = service.room("crash");
    await Promise.all(clients.map((client) => client.join(room)));
    const goal = observer.seen.length + SEEN_PER_RUN;
    const enough = observer.hasSeen(goal);
    for (const client of clients) client.startPublishing();
    await Promise.race([enough, ...clients.map(({ ended }) => ended)]);
    expect(observer.seen.length, "seen when the first connection ended").toBeGreaterThanOrEqual(goal);
    await service.kill();
    await Promise.all(clients.map(({ ended }) => ended));

    service = await service.restart();
    const { epoch, log } = await readLog(service.room("crash"));
    expect(log.findIndex(({ seq }, i) => seq !== i + 1)).toBe(-1);
    for (const member of members) {
      expect.soft(member.faults, member.name).toEqual([]);
      expect.soft(member.epoch, member.name).toBe(epoch);
      const lost = member.seen.filter((message) => !isDeepStrictEqual(message, log[message.seq - 1]));
      expect.soft(lost.slice(0, 3), `seen by ${member.name}, and not in the log`).toEqual([]);
    }
    const asSeen = log.map(asPlain);
    for (const { name, runs } of plain) {
      expect.soft(runs.at(-1)?.length, name).toBeGreaterThan(0);
      expect.soft(runs.filter((run) => !isRunOf(asSeen, run)).length, `runs of ${name}`).toBe(0);
    }
  }

  const heard = new Set(observer.seen.map((message) => asPlain(message).replace(/ \d+$/, "")));
  expect([...heard].sort()).toEqual(
    ["binary", "text"].flatMap((kind) =>
      ["ann", "bob", "cid", "pat", "quinn"].map((name) => `${kind} ${name}`),
    ),
  );
});
