import WS from "ws";
import type { ClientPlan } from "./plan.ts";
import type { Data, PlainConnection, PlainRecord } from "./records.ts";

const RECONNECT_MS = 250;
/** A plain client shows by pings that it is there and reads. Otherwise the room sends a long replay only in part. */
const PING_MS = 500;

/** A plain WebSocket client. It sends and receives bare data, and records the messages of each connection. */
export class PlainClient {
  readonly record: PlainRecord;
  readonly #url: string;
  readonly #pings: NodeJS.Timeout;
  #socket: WS | undefined;
  #ended = false;

  constructor({ name, room, history }: ClientPlan, host: string) {
    this.record = { client: name, room, sent: [], connections: [] };
    this.#url = `ws://${host}/v1/rooms/${encodeURIComponent(room)}?name=${name}&history=${history}`;
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  join(): void {
    if (this.#ended) return;
    const socket = new WS(this.#url, { perMessageDeflate: false, handshakeTimeout: 5000 });
    this.#socket = socket;
    const connection: PlainConnection = { data: [], open: false };
    // A close follows each error.
    socket.on("error", () => {});
    socket.on("open", () => {
      connection.open = true;
      this.record.connections.push(connection);
    });
    socket.on("message", (frame: Buffer, isBinary) => {
      const isPong = !isBinary && frame.toString() === "pong";
      if (!this.#ended && !isPong) {
        connection.data.push(isBinary ? { base64: frame.toString("base64") } : { json: frame.toString() });
      }
    });
    socket.on("close", () => {
      if (this.#ended) return;
      connection.open = false;
      setTimeout(() => this.join(), RECONNECT_MS);
    });
  }

  #ping(): void {
    if (this.#socket?.readyState === WS.OPEN) this.#socket.send("ping");
  }

  /** Returns false without an open connection. A plain client sends JSON as text. */
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

  /** How many messages it received on all its connections. */
  get received(): number {
    return this.record.connections.reduce((sum, { data }) => sum + data.length, 0);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WS.OPEN;
  }

  /** Stops recording, then disconnects. */
  end(): void {
    this.#ended = true;
    clearInterval(this.#pings);
    this.#socket?.terminate();
  }
}
