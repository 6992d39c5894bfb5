/** An event as a browser's `EventSource` dispatches it. `id`: the last event id. */
export type Event = { name: string; id: string; data: string };

/** Reads server-sent events (HTML Standard, section 9.2.6), and keeps them all. */
export class Follower {
  readonly events: Event[] = [];
  readonly comments: string[] = [];
  /** The reconnection time that the server sent, in milliseconds. */
  retry = 0;
  /** Resolves when the stream ends. */
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #lastId: string;

  /** @param lastId the last event id of an earlier follower */
  constructor(response: Response, lastId = "", abort = new AbortController()) {
    this.#abort = abort;
    this.#lastId = lastId;
    this.#reader = response.body?.getReader();
    this.ended = this.#read().catch(() => {});
  }

  static async open(url: string, lastId = "", headers: Record<string, string> = {}): Promise<Follower> {
    const abort = new AbortController();
    const sent = { ...headers, ...(lastId === "" ? {} : { "last-event-id": lastId }) };
    const response = await fetch(url, { headers: sent, signal: abort.signal });
    if (response.status !== 200) throw new Error(`Refused with ${response.status}: ${await response.text()}`);
    return new Follower(response, lastId, abort);
  }

  get lastId(): string {
    return this.#lastId;
  }

  /** The parsed data of all messages. */
  messages(): { seq: number; id: string; data?: unknown; binary?: string }[] {
    return this.events.filter(({ name }) => name === "message").map(({ data }) => JSON.parse(data));
  }

  /** Ends the connection, as a network fault. */
  cut(): void {
    this.#abort.abort();
    void this.#reader?.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const event: Event = { name: "message", id: "", data: "" };
    for (const line of block.split("\n")) {
      const [field = "", value = ""] = split(line);
      if (field === "") this.comments.push(value);
      if (field === "id") this.#lastId = value;
      if (field === "event") event.name = value;
      if (field === "data") event.data += value;
      if (field === "retry") this.retry = Number(value);
    }
    if (event.data !== "") this.events.push({ ...event, id: this.#lastId });
  }
}

function split(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
