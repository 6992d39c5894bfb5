import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/**
 * The fault of a request that is not passed on. `answer`: it is answered here. `cut`: its connection is cut, before the service has it,
 * after the service has answered, or within the answer.
 */
export type Fault =
  | { answer: number; headers?: Record<string, string>; body?: string }
  | { cut: "before" | "after" | "within" };

/** A request that arrived. */
export type Seen = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };

/** A server between a backend and the service. It passes requests on, except for the next ones, which meet the given faults. */
export class FaultyService {
  readonly seen: Seen[] = [];
  readonly faults: Fault[] = [];
  readonly #server: Server;
  readonly #target: string;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(target: string): Promise<FaultyService> {
    const service = new FaultyService(target);
    service.#server.listen(0, "127.0.0.1");
    await once(service.#server, "listening");
    return service;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen.");
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method = "GET", url = "/", headers } = request;
    this.seen.push({ method, path: url, headers, body: body.toString() });
    const fault = this.faults.shift();
    if (fault !== undefined && "answer" in fault) {
      response.writeHead(fault.answer, fault.headers).end(fault.body);
      return;
    }
    if (fault?.cut === "before") {
      response.destroy();
      return;
    }
    const { host: _, connection: __, "content-length": ___, ...passed } = headers;
    const answer = await fetch(this.#target + url, {
      method,
      headers: passed as Record<string, string>,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (fault === undefined) {
      const type = answer.headers.get("content-type");
      response.writeHead(answer.status, type === null ? {} : { "content-type": type }).end(bytes);
      return;
    }
    if (fault.cut === "within") {
      response.writeHead(answer.status, { "content-length": String(bytes.length) });
      response.write(bytes.subarray(0, 5), () => response.destroy());
      return;
    }
    response.destroy();
  }
}
