import { afterAll, afterEach, beforeAll } from "vitest";
import { type ConnectionState, type JoinOptions, joinRoom, type Room } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";

/** A running service behind a network, for one test file, and the rooms that its tests join. */
export class ServiceRooms {
  readonly #vars: Record<string, string>;
  readonly #joined: Room[] = [];
  #service: Service | undefined;
  #network: Network | undefined;

  constructor(vars: Record<string, string>) {
    this.#vars = vars;
  }

  async start(): Promise<void> {
    this.#service = await startService(this.#vars);
    this.#network = await Network.start(() => Number(new URL(this.service.url).port));
  }

  async stop(): Promise<void> {
    await this.#network?.stop();
    await this.#service?.stop();
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error("The service has not started.");
    return this.#service;
  }

  get network(): Network {
    if (this.#network === undefined) throw new Error("The network has not started.");
    return this.#network;
  }

  /** Joins through the network, and leaves after the test. */
  join(name: string, options: JoinOptions = {}): Room {
    const room = joinRoom(name, { host: this.host, ...options });
    this.#joined.push(room);
    return room;
  }

  /** The service as clients reach it through the network. */
  get host(): string {
    return `127.0.0.1:${this.network.port}`;
  }

  leaveAll(): void {
    for (const room of this.#joined.splice(0)) room.leave();
  }
}

/** Starts the service before the tests of a file, and stops it after them. @param vars settings that replace those of wrangler.toml */
export function serviceRooms(vars: Record<string, string> = {}): ServiceRooms {
  const rooms = new ServiceRooms(vars);
  beforeAll(() => rooms.start());
  afterEach(() => {
    rooms.network.plug();
    rooms.leaveAll();
  });
  afterAll(() => rooms.stop());
  return rooms;
}

export const live = (room: Room) => eventually(() => room.state.status === "live", 15_000);

export async function closed(room: Room): Promise<ConnectionState> {
  await eventually(() => room.state.status === "closed");
  return room.state;
}
