import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export type Delivery = {
  id: string;
  /** Seconds. */
  timestamp: number;
  isSigned: boolean;
  headers: IncomingMessage["headers"];
  /** Of the body. */
  bytes: number;
  body: { room: string; epoch: string; dropped: number; events: Record<string, unknown>[] };
};

type Answer = (response: ServerResponse, delivery: Delivery) => void;

/** A webhook's receiver: a real server, which checks signatures on its own account and keeps what it was told. */
export class Receiver {
  static readonly secret = "a secret of the receiver and the service";
  readonly deliveries: Delivery[] = [];
  readonly #server: Server;
  /** What is answered to the next deliveries, and then to all others. */
  readonly answers: Answer[] = [];
  otherwise: Answer = (response) => response.writeHead(204).end();

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen.");
    return `http://127.0.0.1:${address.port}/hook`;
  }

  /** All that was told, in the order of its arrival. */
  get events(): Record<string, unknown>[] {
    return this.deliveries.flatMap(({ body }) => body.events);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const { headers } = request;
    const id = String(headers["webhook-id"]);
    const timestamp = Number(headers["webhook-timestamp"]);
    const mac = createHmac("sha256", Receiver.secret).update(`${id}.${timestamp}.${text}`).digest("base64");
    const isSigned = headers["webhook-signature"] === `v1,${mac}`;
    const bytes = Buffer.byteLength(text);
    const delivery = { id, timestamp, isSigned, headers, bytes, body: JSON.parse(text) };
    this.deliveries.push(delivery);
    (this.answers.shift() ?? this.otherwise)(response, delivery);
  }
}
