import type { FrameMessage, HistoryMessage, Reaction } from "../../src/client/frames.ts";
import { FakeSocket } from "./fake-socket.ts";
import { welcomeWith } from "./welcome.ts";

/** An entry of the log: a message or an operation, as it was sent. */
export type LogEntry = FrameMessage & { seq: number; at: number };

/** A message in its current form, without what only one member sees. */
export type CurrentMessage = Omit<LogEntry, "op" | "target" | "key" | "offset"> & {
  reactions?: Record<string, Reaction> | undefined;
};

type PublishEvent = { id: string; data?: unknown; op?: FrameMessage["op"]; target?: number; key?: string };

type HistoryEvent = { id: string; before?: number; limit?: number };

/** The most messages of one frame in a replay. */
const FLUSH = 4;

/** One connection, with the frames that are on their way in both directions. */
class FakeConnection {
  readonly socket: FakeSocket;
  readonly up: string[] = [];
  readonly down: string[] = [];
  readonly member: string;
  readonly url: URL;
  isJoined = false;
  isOpen = true;

  constructor(url: string, protocols: string[]) {
    this.url = new URL(url);
    this.member = protocols[1]?.replace("bearer.", "") ?? "";
    this.socket = new FakeSocket();
    this.socket.send = (data) => {
      if (this.isOpen && data !== "ping") this.up.push(String(data));
    };
    this.socket.close = () => {
      this.isOpen = false;
    };
  }

  /** Delivers the oldest frame that is on its way to the client. */
  deliver(): void {
    const frame = this.down.shift();
    if (frame !== undefined && this.isOpen) this.socket.receive(frame);
  }

  end(code: number): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.socket.onclose?.({ code, reason: "" } as never);
  }
}

/** A room with operations as the design defines them: a log in memory, joined over fake sockets. Nothing moves until it is told to. */
export class FakeServer {
  epoch = "e1";
  log: LogEntry[] = [];
  readonly connections: FakeConnection[] = [];
  /** A client that missed more than this starts afresh. */
  resumeMessages = 1000;
  /** Ids in the order of the log. */
  readonly #ids = new Map<string, number>();
  #clock = 1;
  #epochs = 1;

  readonly socket = (url: string, protocols: string[]): FakeSocket => {
    const connection = new FakeConnection(url, protocols);
    this.connections.push(connection);
    return connection.socket;
  };

  get open(): FakeConnection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  get tail(): number {
    return this.log.at(-1)?.seq ?? 0;
  }

  /** Handles the oldest frame of a connection that is on its way to the server; the first time, the join. */
  handle(connection: FakeConnection): void {
    if (!connection.isOpen) return;
    if (!connection.isJoined) {
      this.#join(connection);
      return;
    }
    const event = JSON.parse(connection.up.shift() ?? "{}");
    if (event.type === "publish") this.#publish(connection, event);
    if (event.type === "history") this.#history(connection, event);
  }

  /** Moves everything until nothing is on its way. */
  settle(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const connection of this.open) {
        if (!connection.isJoined || connection.up.length > 0) {
          this.handle(connection);
          moved = true;
        }
        if (connection.down.length > 0) {
          connection.deliver();
          moved = true;
        }
      }
    }
  }

  /** A message of somebody else. */
  say(from: string, data: unknown, fields: Partial<PublishEvent> = {}): number {
    return this.#append(from, { id: `${from}-${this.epoch}-${this.tail + 1}`, data, ...fields }).seq;
  }

  /** Deletes the log. Sessions are closed and find another epoch. */
  erase(): void {
    this.epoch = `e${++this.#epochs}`;
    this.log = [];
    this.#ids.clear();
    for (const connection of this.open) connection.end(4010);
  }

  /** The messages in their current form. */
  current(): CurrentMessage[] {
    const messages = new Map<number, CurrentMessage>();
    for (const entry of this.log) {
      if (entry.op === undefined) messages.set(entry.seq, { ...entry });
      else applyTo(messages.get(entry.target ?? 0), entry);
    }
    return [...messages.values()];
  }

  #join(connection: FakeConnection): void {
    connection.isJoined = true;
    const query = connection.url.searchParams;
    const [epoch, seq] = query.get("cursor")?.split(".") ?? [];
    const position = Number(seq ?? 0);
    const reason = this.#refusal(epoch, position);
    const resumed = epoch !== undefined && reason === undefined;
    const { member } = connection;
    const welcome = welcomeWith({ member, name: member, epoch: this.epoch, seq: this.tail, resumed });
    connection.down.push(JSON.stringify({ ...welcome, ...(epoch !== undefined && reason && { reason }) }));
    if (resumed) this.#replay(connection, position);
    else this.#sendHistory(connection, Number(query.get("history") ?? 0));
  }

  #refusal(epoch: string | undefined, position: number): "epoch" | "too_many" | undefined {
    if (position === 0) return undefined;
    if (epoch !== this.epoch) return "epoch";
    return this.tail - position > this.resumeMessages ? "too_many" : undefined;
  }

  /**
   * Messages and operations are sent as they were, with two exceptions: appends that follow each other are one for each target, and what
   * belongs to a deleted message has lost its content.
   */
  #replay(connection: FakeConnection, position: number): void {
    const deleted = new Map(
      this.current().flatMap((each) => (each.deleted ? [[each.seq, each] as const] : [])),
    );
    const missed = this.log.filter(({ seq }) => seq > position);
    for (let i = 0; i < missed.length; ) {
      const first = missed[i] as LogEntry;
      let end = i + 1;
      if (first.op === "append") while (missed[end]?.op === "append") end++;
      else while (end < i + FLUSH && missed[end] !== undefined && missed[end]?.op !== "append") end++;
      const entries = missed.slice(i, end).map((entry) => withoutContent(entry, deleted));
      const last = entries.at(-1)?.seq;
      if (first.op === "append" && entries.length > 1)
        this.#send(connection, first.seq, joined(entries), last);
      else this.#send(connection, first.seq, entries);
      i = end;
    }
  }

  #sendHistory(connection: FakeConnection, count: number): void {
    const messages = count > 0 ? this.current().slice(-count) : [];
    const [first] = messages;
    const last = messages.at(-1);
    if (!first || !last) return;
    this.#send(connection, first.seq, messages, last.seq);
    // Operations after the last message are part of the forms before. One frame without messages skips them.
    if (last.seq < this.tail) this.#send(connection, last.seq + 1, [], this.tail);
  }

  #send(connection: FakeConnection, first: number, messages: FrameMessage[], last?: number): void {
    connection.down.push(JSON.stringify({ type: "messages", first, last, at: this.#clock, messages }));
  }

  #publish(connection: FakeConnection, event: PublishEvent): void {
    const known = this.#ids.get(event.id);
    if (known !== undefined) {
      connection.down.push(JSON.stringify({ type: "ack", id: event.id, seq: known }));
      return;
    }
    if (event.op !== undefined && !this.#isTarget(event.target)) {
      const error = { type: "error", code: "invalid_target", message: "No such message.", id: event.id };
      connection.down.push(JSON.stringify(error));
      return;
    }
    this.#append(connection.member, event);
  }

  #isTarget(target: number | undefined): boolean {
    return this.current().some(({ seq, deleted }) => seq === target && !deleted);
  }

  #append(from: string, { id, data, op, target, key }: PublishEvent): LogEntry {
    const about = op === undefined ? {} : { op, target, key };
    const message = this.current().find(({ seq }) => seq === target);
    const offset = op === "append" && message ? { offset: textOf(message.data).length } : {};
    const seq = this.tail + 1;
    const entry = { seq, at: this.#clock++, id, from, name: from, data, ...about, ...offset } as LogEntry;
    this.log.push(entry);
    this.#ids.set(id, seq);
    for (const connection of this.open) if (connection.isJoined) this.#send(connection, seq, [entry]);
    return entry;
  }

  #history(connection: FakeConnection, { id, before = Infinity, limit = 50 }: HistoryEvent): void {
    const older = this.current().filter(({ seq }) => seq < before);
    const messages: HistoryMessage[] = older.slice(-limit).map((message) => ({
      ...message,
      ...(message.reactions && { reactions: reactionsFor(message.reactions, connection.member) }),
    }));
    connection.down.push(JSON.stringify({ type: "history", id, messages, more: older.length > limit }));
  }
}

/** The entries of a deleted message, as the log has them: a tombstone, and deletions in place of edits and appends. */
function withoutContent(entry: LogEntry, deleted: ReadonlyMap<number, CurrentMessage>): LogEntry {
  const { seq, at, id, from, name, op, target = 0 } = entry;
  const tombstone = deleted.get(op === undefined ? seq : target);
  if (tombstone === undefined) return entry;
  if (op === undefined) return { seq, at, id, from, name, deleted: true, version: tombstone.version };
  return op === "edit" || op === "append" ? { op: "delete", target, id, from, name, seq, at } : entry;
}

/** One operation for each target, in the order of their last seqs. */
function joined(appends: readonly LogEntry[]): LogEntry[] {
  const byTarget = new Map<number, LogEntry>();
  for (const append of appends) {
    const { target = 0 } = append;
    const before = byTarget.get(target);
    byTarget.delete(target);
    const data = `${before?.data ?? ""}${append.data}`;
    byTarget.set(
      target,
      append.op === "append" ? { ...append, offset: before?.offset ?? append.offset, data } : append,
    );
  }
  return [...byTarget.values()];
}

function textOf(data: unknown): string {
  return typeof data === "string" ? data : (data as { text: string }).text;
}

/** The reactions as one member sees them. */
export function reactionsFor(reactions: Record<string, Reaction>, member: string): Record<string, Reaction> {
  const entries = Object.entries(reactions);
  return Object.fromEntries(
    entries.map(([key, reaction]) => [key, { ...reaction, mine: reaction.members.includes(member) }]),
  );
}

/** Applies an operation to the message that it targets, in place. */
function applyTo(message: CurrentMessage | undefined, { op, seq, at, data, from, key = "" }: LogEntry): void {
  if (message === undefined || message.deleted) return;
  message.version = seq;
  switch (op) {
    case "edit":
      message.data = data;
      message.edited = at;
      break;
    case "delete":
      for (const field of ["data", "edited", "reactions"] as const) delete message[field];
      message.deleted = true;
      break;
    case "append":
      message.data =
        typeof message.data === "string"
          ? `${message.data}${data}`
          : { ...(message.data as object), text: `${textOf(message.data)}${data}` };
      break;
    default:
      setReaction(message, key, from, op === "react");
  }
}

function setReaction(message: CurrentMessage, key: string, from: string, isAdded: boolean): void {
  const reactions = new Map(Object.entries(message.reactions ?? {}));
  const members = new Set(reactions.get(key)?.members);
  if (isAdded) members.add(from);
  else members.delete(from);
  if (members.size > 0) reactions.set(key, { count: members.size, members: [...members] });
  else reactions.delete(key);
  if (reactions.size > 0) message.reactions = Object.fromEntries(reactions);
  else delete message.reactions;
}
