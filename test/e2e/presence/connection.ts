import WebSocket from "ws";

/** A member as others see it. */
export type Entry = { member: string; name: string; state: unknown };

/** The frames of docs/PROTOCOL.md that say who is here, and those that tell a client where it stands. */
type Frame =
  | { type: "welcome"; member: string; members: Entry[] | null; count: number }
  | { type: "presence"; joined: Entry[]; left: string[]; updated: Entry[]; count: number }
  | { type: "history" | "bye" }
  | { type: "error"; code: string };

/** What a session gave of itself, and when: by a clock that all tabs share. */
type Given<T> = { value: T; at: number };

let clock = 0;

/**
 * One connection, and the list of members as a client keeps it that knows the frames and nothing else. It is a second
 * opinion on them, so it shares no code with the service or its client.
 */
export class Tab {
  /** By id; undefined where the room has more members than it lists. */
  members: Map<string, Entry> | undefined;
  count = 0;
  /** Its own member id. */
  member = "";
  named: Given<string>;
  shown: Given<unknown> | undefined;
  /** Ids of members that were in its list and that it was told have left. */
  readonly parted: string[] = [];
  /** Frames that must not come. */
  readonly faults: string[] = [];
  /** Frames of presence that came. */
  changes = 0;
  /** Whether it was this end that ended it. */
  #isGivenUp = false;
  readonly #ws: WebSocket;
  readonly #listed: number;
  readonly #closed: Promise<unknown>;
  #answered: () => void = () => {};

  private constructor(address: string, key: string, name: string, listed: number) {
    const url = `${address}?name=${encodeURIComponent(name)}`;
    this.#ws = new WebSocket(url, ["dormouse.v1", `bearer.${key}`], { perMessageDeflate: false });
    this.#ws.on("error", () => {});
    this.#ws.on("message", (data: Buffer) => this.#take(JSON.parse(data.toString())));
    this.#closed = new Promise((resolve) => this.#ws.once("close", resolve));
    this.#listed = listed;
    this.named = { value: name, at: 0 };
  }

  /**
   * Resolves once the room has said welcome; undefined where it did not.
   * @param listed more members than this must never be listed
   */
  static async open(address: string, key: string, name: string, listed: number): Promise<Tab | undefined> {
    const tab = new Tab(address, key, name, listed);
    await tab.#answer();
    tab.named.at = ++clock;
    return tab.member === "" ? undefined : tab;
  }

  get isOpen(): boolean {
    return !this.#isGivenUp && this.#ws.readyState === WebSocket.OPEN;
  }

  /** Whether it ended, and not by its own doing. */
  get isLost(): boolean {
    return !this.#isGivenUp && !this.isOpen;
  }

  /** Gives another name, or another state, and waits until the room has taken it. */
  async show(what: { name?: string; state?: unknown }): Promise<void> {
    if (!this.isOpen) return;
    this.#ws.send(JSON.stringify({ type: "presence", ...what }));
    this.#ws.send('{"type":"history","id":"taken","before":0}');
    await this.#answer();
    if (what.name !== undefined) this.named = { value: what.name, at: ++clock };
    if (what.state !== undefined) this.shown = { value: what.state, at: ++clock };
  }

  /** Says goodbye, or that it goes away and may be back (1001), and waits for the answer. */
  async close(code?: 1000 | 1001): Promise<void> {
    this.#isGivenUp = true;
    this.#ws.close(code);
    await this.#closed;
  }

  /** Is gone without a word. */
  drop(): void {
    this.#isGivenUp = true;
    this.#ws.terminate();
  }

  /** Its network is about to go: what happens to it then is no accident. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  /** Waits for the welcome, or for the answer to a question: or for the end. */
  async #answer(): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    await Promise.race([answered, this.#closed]);
  }

  #take(frame: Frame): void {
    if (frame.type === "welcome") {
      this.member = frame.member;
      this.count = frame.count;
      if (frame.members !== null) this.members = this.#listOf(frame.members);
      if (frame.count > this.#listed && frame.members !== null) this.#fault("listed too many", frame);
      this.#answered();
    } else if (frame.type === "presence") this.#change(frame);
    else if (frame.type === "history") this.#answered();
    else if (frame.type === "error") this.#fault("was refused", frame);
  }

  #change(change: Extract<Frame, { type: "presence" }>): void {
    const { joined, left, updated, count } = change;
    this.changes++;
    this.count = count;
    if (count > this.#listed && joined.length + left.length + updated.length > 0) {
      this.#fault("was told more than the count", change);
    }
    if (this.members === undefined) {
      // Who has no list is given a whole one, or none.
      if (joined.length === count) this.members = this.#listOf(joined);
      else if (joined.length + updated.length > 0) this.#fault("was given a part of a list", change);
      return;
    }
    for (const member of left) if (this.members.delete(member)) this.parted.push(member);
    for (const entry of [...joined, ...updated]) this.members.set(entry.member, this.#named(entry));
    // Where they do not add up, there are more than are listed.
    if (this.members.size === count) return;
    if (count <= this.#listed) this.#fault(`has ${this.members.size} members after`, change);
    this.members = undefined;
  }

  #listOf(entries: readonly Entry[]): Map<string, Entry> {
    const list = new Map(entries.map((entry) => [entry.member, this.#named(entry)]));
    if (list.size < entries.length) this.#fault("was given a member twice", entries);
    return list;
  }

  #named(entry: Entry): Entry {
    if (entry.name === "") this.#fault("was shown a name that nobody has", entry);
    return entry;
  }

  #fault(what: string, frame: unknown): void {
    this.faults.push(`${this.named.value} ${what}: ${JSON.stringify(frame).slice(0, 300)}`);
  }
}
