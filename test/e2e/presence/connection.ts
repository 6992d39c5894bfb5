import WebSocket from "ws";

/** A member as others see it. */
export type Entry = { member: string; name: string; state: unknown };

/** The frames of docs/PROTOCOL.md that this client handles. */
type Frame =
  | { type: "welcome"; member: string; members: Entry[] | null; count: number }
  | { type: "presence"; joined: Entry[]; left: string[]; updated: Entry[]; count: number }
  | { type: "history" | "bye" }
  | { type: "error"; code: string };

/** A value that this connection set, and when, on a clock that all connections share. */
type Versioned<T> = { value: T; at: number };

let clock = 0;

/**
 * One connection and the member list that a client derives from its frames. It is a second implementation of the protocol, so it
 * shares no code with the service or its client.
 */
export class Connection {
  /** By id. Undefined while the room has more members than it lists. */
  members: Map<string, Entry> | undefined;
  count = 0;
  /** Its own member id. */
  member = "";
  name: Versioned<string>;
  state: Versioned<unknown> | undefined;
  /** Ids of listed members that a presence frame removed. */
  readonly leftIds: string[] = [];
  /** Frames that break the protocol. */
  readonly violations: string[] = [];
  presenceFrames = 0;
  /** Whether the test ended it, or is about to. */
  #isEnding = false;
  readonly #ws: WebSocket;
  readonly #listed: number;
  readonly #closed: Promise<unknown>;
  #onAnswer: () => void = () => {};

  private constructor(address: string, key: string, name: string, listed: number) {
    const url = `${address}?name=${encodeURIComponent(name)}`;
    this.#ws = new WebSocket(url, ["dormouse.v1", `bearer.${key}`], { perMessageDeflate: false });
    this.#ws.on("error", () => {});
    this.#ws.on("message", (data: Buffer) => this.#onFrame(JSON.parse(data.toString())));
    this.#closed = new Promise((resolve) => this.#ws.once("close", resolve));
    this.#listed = listed;
    this.name = { value: name, at: 0 };
  }

  /**
   * Resolves with the connection after its welcome, or with undefined if it gets none.
   * @param listed the most members that the room may list
   */
  static async open(
    address: string,
    key: string,
    name: string,
    listed: number,
  ): Promise<Connection | undefined> {
    const connection = new Connection(address, key, name, listed);
    await connection.#answer();
    connection.name.at = ++clock;
    return connection.member === "" ? undefined : connection;
  }

  get isOpen(): boolean {
    return !this.#isEnding && this.#ws.readyState === WebSocket.OPEN;
  }

  /** Whether the service or the network ended it. */
  get isLost(): boolean {
    return !this.#isEnding && !this.isOpen;
  }

  /** Sets another name or state, and waits until the room has handled it. */
  async update(change: { name?: string; state?: unknown }): Promise<void> {
    if (!this.isOpen) return;
    this.#ws.send(JSON.stringify({ type: "presence", ...change }));
    this.#ws.send('{"type":"history","id":"handled","before":0}');
    await this.#answer();
    if (change.name !== undefined) this.name = { value: change.name, at: ++clock };
    if (change.state !== undefined) this.state = { value: change.state, at: ++clock };
  }

  /** Closes for good, or with 1001 as a page that reloads, and waits for the answer. */
  async close(code?: 1000 | 1001): Promise<void> {
    this.#isEnding = true;
    this.#ws.close(code);
    await this.#closed;
  }

  /** Ends the TCP connection without a close frame. */
  drop(): void {
    this.#isEnding = true;
    this.#ws.terminate();
  }

  /** Says that the test is about to end its network. */
  expectLoss(): void {
    this.#isEnding = true;
  }

  /** Waits for the welcome or the answer to a question, or until the connection ends. */
  async #answer(): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#onAnswer = resolve;
    });
    await Promise.race([answered, this.#closed]);
  }

  #onFrame(frame: Frame): void {
    if (frame.type === "welcome") {
      this.member = frame.member;
      this.count = frame.count;
      if (frame.members !== null) this.members = this.#listOf(frame.members);
      if (frame.count > this.#listed && frame.members !== null) this.#violation("listed too many", frame);
      this.#onAnswer();
    } else if (frame.type === "presence") this.#onPresence(frame);
    else if (frame.type === "history") this.#onAnswer();
    else if (frame.type === "error") this.#violation("got an error", frame);
  }

  #onPresence(frame: Extract<Frame, { type: "presence" }>): void {
    const { joined, left, updated, count } = frame;
    this.presenceFrames++;
    this.count = count;
    if (count > this.#listed && joined.length + left.length + updated.length > 0) {
      this.#violation("got more than the count", frame);
    }
    if (this.members === undefined) {
      // Without a list, a client gets either a whole one or none.
      if (joined.length === count) this.members = this.#listOf(joined);
      else if (joined.length + updated.length > 0) this.#violation("got a part of a list", frame);
      return;
    }
    for (const member of left) if (this.members.delete(member)) this.leftIds.push(member);
    for (const entry of [...joined, ...updated]) this.members.set(entry.member, this.#checked(entry));
    // A list that differs from the count means that the room stopped listing.
    if (this.members.size === count) return;
    if (count <= this.#listed) this.#violation(`has ${this.members.size} members after`, frame);
    this.members = undefined;
  }

  #listOf(entries: readonly Entry[]): Map<string, Entry> {
    const list = new Map(entries.map((entry) => [entry.member, this.#checked(entry)]));
    if (list.size < entries.length) this.#violation("got a member twice", entries);
    return list;
  }

  #checked(entry: Entry): Entry {
    if (entry.name === "") this.#violation("got an empty name", entry);
    return entry;
  }

  #violation(what: string, frame: unknown): void {
    this.violations.push(`${this.name.value} ${what}: ${JSON.stringify(frame).slice(0, 300)}`);
  }
}
