import type { Protocol } from "../load/protocol.ts";

/** A running service, in a process of its own. */
export type Service = {
  pid: number;
  protocol: Protocol;
  /** The URL of a room. */
  room(name: string): string;
  stop(): Promise<void>;
};

/** A service that the bench measures. */
export type Contender = {
  name: "dormouse" | "unlogged" | "ws" | "socketio" | "onesend";
  /** Its name in tables. */
  title: string;
  /** Messages of each publisher in flight at full load: so many that more would not raise the throughput. */
  depth: number;
  start(): Promise<Service>;
};
