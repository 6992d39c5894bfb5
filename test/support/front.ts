import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { connect, type Socket } from "node:net";

export type Answer = { status: number; headers?: Record<string, string>; body?: string };

/** A server with a sign-in page at `/login`. It passes all else on to the service, as a proxy that gives both one origin. */
export class Front {
  readonly url: string;
  /** The requests of the sign-in page, oldest first. */
  readonly logins: { url: URL; isJson: boolean }[] = [];
  /** The answer of the sign-in page. */
  login: (url: URL, isJson: boolean) => Answer = () => ({ status: 404 });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number, service: () => string) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    server.on("request", (incoming, outgoing) => {
      const url = new URL(incoming.url ?? "/", this.url);
      if (url.pathname === "/login") {
        const isJson = incoming.headers.accept === "application/json";
        this.logins.push({ url, isJson });
        const { status, headers, body } = this.login(url, isJson);
        outgoing.writeHead(status, headers).end(body);
        return;
      }
      const passed = request(new URL(url.pathname + url.search, service()), {
        method: incoming.method ?? "GET",
        headers: incoming.headers,
      });
      passed.on("response", (answer) =>
        answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers)),
      );
      passed.on("error", () => outgoing.destroy());
      incoming.pipe(passed);
    });
    server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      const upstream = connect(Number(new URL(service()).port), "127.0.0.1", () => {
        const lines = incoming.rawHeaders.flatMap((name, i, all) =>
          i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : [],
        );
        upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const)
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
    });
  }

  static async start(service: () => string): Promise<Front> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    return new Front(server, address.port, service);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
