import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export type Delivery = {
  id: string;
  /** Seconds. */
  timestamp: number;
  isSigned: boolean;
  headers: IncomingMessage["headers"];
  /** The size of the body. */
  bytes: number;
  body: { room: string; epoch: string; dropped: number; events: Record<string, unknown>[] };
};

type Answer = (response: ServerResponse, delivery: Delivery) => void;

/** A webhook receiver: an HTTP server that checks signatures and keeps all deliveries. */
export class WebhookReceiver {
  static readonly secret = "a secret of the receiver and the service";
  readonly deliveries: Delivery[] = [];
  readonly #server: Server;
  /** Answers to the next deliveries. `otherwise` answers all others. */
  readonly answers: Answer[] = [];
  otherwise: Answer = (response) => response.writeHead(204).end();

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string")
      throw new Error("The webhook receiver does not listen.");
    return `http://127.0.0.1:${address.port}/hook`;
  }

  /** All events, in the order of their arrival. */
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
    const mac = createHmac("sha256", WebhookReceiver.secret)
      .update(`${id}.${timestamp}.${text}`)
      .digest("base64");
    const isSigned = headers["webhook-signature"] === `v1,${mac}`;
    const bytes = Buffer.byteLength(text);
    const delivery = { id, timestamp, isSigned, headers, bytes, body: JSON.parse(text) };
    this.deliveries.push(delivery);
    (this.answers.shift() ?? this.otherwise)(response, delivery);
  }
}
