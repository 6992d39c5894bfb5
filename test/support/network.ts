import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

/** The direction of bytes: up to the service, or down to the client. */
export type Way = "up" | "down";

/** One connection through the proxy. */
export type Leg = {
  /** Resets both ends, as a device that restarts. */
  cut(): void;
  /** Holds all bytes, or those of one direction, without an error: as a phone in a tunnel. */
  stall(way?: Way): void;
  /** Ends a stall. */
  flow(): void;
  /** Delays all bytes by this many milliseconds in each direction. 0 ends it. The order stays. */
  delay(ms: number): void;
  /** Limits the bytes per second to the service. */
  throttle(bytesPerSecond: number): void;
  /** How many bytes have gone to the service. */
  readonly uploaded: number;
};

/** A TCP proxy in front of the service that simulates network faults. */
export class Network {
  readonly port: number;
  readonly #server: Server;
  readonly #legs = new Set<Leg>();
  #refusing = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** @param target returns the service's port, for each connection anew, since a restart may change it */
  static async start(target: () => number): Promise<Network> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
    const network = new Network(server, address.port);
    server.on("connection", (client) => network.#pass(client, target()));
    return network;
  }

  get legs(): readonly Leg[] {
    return [...this.#legs];
  }

  /** Takes the network down: resets every connection, and refuses new ones. */
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
      // A leg lives while either end is open: one end may not know that the other is gone.
      end.on("close", () => {
        if (both.every(({ closed }) => closed)) this.#legs.delete(leg);
      });
    }
    leg.flow();
  }
}

/** One direction of a connection. */
class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #late: Transform;
  /** Delayed chunks, in order. */
  readonly #coming: { due: number; arrive: () => void }[] = [];
  #delay = 0;
  #held = false;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Bytes sent in this direction. */
  passed = 0;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    this.#late = new Transform({
      transform: (chunk: Buffer, _, done) => {
        this.passed += chunk.length;
        this.#after(() => void this.#late.push(chunk));
        // A delay does not limit the throughput: more may follow at once. A throttle does.
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
    // A second pipe would send everything twice.
    this.#from.unpipe(this.#late);
    // Without a receiver the bytes are dropped, so that the sender does not block.
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

  /** Delivers the chunks that are due. Later ones wait for earlier ones, even after the delay ends. */
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
