import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** One connection through the proxy. */
export type Leg = {
  /** Both ends see a reset, as when a device is switched off and on. */
  cut(): void;
  /** Nothing passes any more, and nobody is told: a cable pulled, a phone in a tunnel. */
  stall(): void;
  /** What was held back passes again. */
  flow(): void;
};

/** The network: a TCP proxy in front of the service that can do to connections what networks do. */
export class Network {
  readonly port: number;
  readonly #server: Server;
  readonly #legs = new Set<Leg>();
  #refusing = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** @param target the port on this machine to pass connections on to; asked anew for each, since it may restart elsewhere */
  static async start(target: () => number): Promise<Network> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    const network = new Network(server, address.port);
    server.on("connection", (client) => network.#pass(client, target()));
    return network;
  }

  get legs(): readonly Leg[] {
    return [...this.#legs];
  }

  /** Takes the network away: every connection is cut, and none is let in. */
  unplug(): void {
    this.#refusing = true;
    for (const leg of this.legs) leg.cut();
  }

  plug(): void {
    this.#refusing = false;
  }

  async stop(): Promise<void> {
    this.unplug();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #pass(client: Socket, port: number): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(port, "127.0.0.1");
    const both = [client, server];
    const leg: Leg = {
      cut: () => {
        for (const end of both) end.resetAndDestroy();
      },
      stall: () => {
        client.unpipe(server);
        server.unpipe(client);
        for (const end of both) end.pause();
      },
      flow: () => {
        client.pipe(server);
        server.pipe(client);
      },
    };
    this.#legs.add(leg);
    for (const end of both) {
      end.setNoDelay(true);
      end.on("error", () => leg.cut());
      end.on("close", () => this.#legs.delete(leg));
    }
    leg.flow();
  }
}
