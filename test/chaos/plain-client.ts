import WS from "ws";
import type { ClientPlan } from "./plan.ts";
import type { Data, PlainRecord, Stretch } from "./records.ts";

const RETURN_MS = 250;

/** Any WebSocket client there is: it sends and gets bare data, and what it gets on one connection is a record of its own. */
export class PlainClient {
  readonly record: PlainRecord;
  readonly #url: string;
  #socket: WS | undefined;
  #over = false;

  constructor({ name, room, history }: ClientPlan, host: string) {
    this.record = { client: name, room, sent: [], stretches: [] };
    this.#url = `ws://${host}/v1/rooms/${encodeURIComponent(room)}?name=${name}&history=${history}`;
  }

  join(): void {
    if (this.#over) return;
    const socket = new WS(this.#url, { perMessageDeflate: false, handshakeTimeout: 5000 });
    this.#socket = socket;
    const stretch: Stretch = { data: [], open: false };
    // A lost or refused connection shows as an error first, and as its close then.
    socket.on("error", () => {});
    socket.on("open", () => {
      stretch.open = true;
      this.record.stretches.push(stretch);
    });
    socket.on("message", (frame: Buffer, isBinary) => {
      if (!this.#over) {
        stretch.data.push(isBinary ? { base64: frame.toString("base64") } : { json: frame.toString() });
      }
    });
    socket.on("close", () => {
      if (this.#over) return;
      stretch.open = false;
      setTimeout(() => this.join(), RETURN_MS);
    });
  }

  /** Whether it had a connection, and could send. What a plain client sends is text, also where it looks like JSON. */
  publish(data: Data): boolean {
    if (this.#socket?.readyState !== WS.OPEN) return false;
    if ("base64" in data) {
      this.record.sent.push(data);
      this.#socket.send(Buffer.from(data.base64, "base64"));
      return true;
    }
    const text = typeof data.json === "string" ? data.json : JSON.stringify(data.json);
    this.record.sent.push({ json: text });
    this.#socket.send(text);
    return true;
  }

  reload(): boolean {
    this.#socket?.close();
    return this.#socket !== undefined;
  }

  /** How many messages it got, on all its connections. */
  get received(): number {
    return this.record.stretches.reduce((sum, { data }) => sum + data.length, 0);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WS.OPEN;
  }

  /** Closes the record, then leaves. */
  end(): void {
    this.#over = true;
    this.#socket?.terminate();
  }
}
