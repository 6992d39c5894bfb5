import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

/** The way that bytes go: up to the service, or down to its client. */
export type Way = "up" | "down";

/** One connection through the proxy. */
export type Leg = {
  /** Both ends see a reset, as when a device is switched off and on. */
  cut(): void;
  /** Nothing passes any more, or nothing in this one way, and nobody is told: a cable pulled, a phone in a tunnel. */
  stall(way?: Way): void;
  /** What was held back passes again. */
  flow(): void;
  /** From now on all takes so many milliseconds longer, each way; 0 ends it. What was slow stays in its order. */
  delay(ms: number): void;
  /** From now on no more than so many bytes a second go up. */
  throttle(bytesPerSecond: number): void;
  /** How many bytes have gone up. */
  readonly uploaded: number;
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
    const lanes = { up: new Lane(client, server), down: new Lane(server, client) };
    const all = Object.values(lanes);
    const leg: Leg = {
      cut: () => {
        for (const end of both) end.resetAndDestroy();
      },
      stall: (way) => {
        for (const lane of way === undefined ? all : [lanes[way]]) lane.hold();
      },
      flow: () => {
        for (const lane of all) lane.pass();
      },
      delay: (ms) => {
        for (const lane of all) lane.delay(ms);
      },
      throttle: (bytesPerSecond) => lanes.up.throttle(bytesPerSecond),
      get uploaded() {
        return lanes.up.passed;
      },
    };
    this.#legs.add(leg);
    for (const end of both) {
      end.setNoDelay(true);
      end.on("error", () => leg.cut());
      // While one end is open the leg is there: the other end may be gone, and this one not know it.
      end.on("close", () => {
        if (both.every(({ closed }) => closed)) this.#legs.delete(leg);
      });
    }
    leg.flow();
  }
}

/** One way of a connection. */
class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #late: Transform;
  /** What is on its way, in order. */
  readonly #coming: { due: number; arrive: () => void }[] = [];
  #delay = 0;
  #held = false;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Bytes that went this way. */
  passed = 0;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    this.#late = new Transform({
      transform: (chunk: Buffer, _, done) => {
        this.passed += chunk.length;
        this.#after(() => void this.#late.push(chunk));
        // A slow way is still a wide one, unless it is narrow: more may follow at once.
        const wait = (1000 * chunk.length) / this.#bytesPerSecond;
        if (wait > 0) setTimeout(done, wait);
        else done();
      },
      flush: (done) => this.#after(done),
    });
    this.#late.pipe(to);
    to.once("close", () => {
      if (!this.#held) this.pass();
    });
  }

  pass(): void {
    this.#held = false;
    // A second pipe would pass all of it twice.
    this.#from.unpipe(this.#late);
    // Where nobody is left to take it, it is lost, and does not keep its sender waiting.
    if (this.#to.closed) this.#from.resume();
    else this.#from.pipe(this.#late);
  }

  hold(): void {
    this.#held = true;
    this.#from.unpipe(this.#late);
    this.#from.pause();
  }

  delay(ms: number): void {
    this.#delay = ms;
  }

  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  #after(arrive: () => void): void {
    this.#coming.push({ due: Date.now() + this.#delay, arrive });
    if (this.#coming.length === 1) this.#arrive();
  }

  /** Lets in what is due. What comes later waits for what came before it, also where the delay has ended. */
  #arrive(): void {
    for (let next = this.#coming[0]; next !== undefined; next = this.#coming[0]) {
      const wait = next.due - Date.now();
      if (wait > 0) {
        setTimeout(() => this.#arrive(), wait);
        return;
      }
      this.#coming.shift();
      next.arrive();
    }
  }
}
