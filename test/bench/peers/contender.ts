import type { Dialect } from "../dialect.ts";

/** A service of the bench, running in a process of its own. */
export type Service = {
  pid: number;
  dialect: Dialect;
  /** The address of a room. */
  room(name: string): string;
  stop(): Promise<void>;
};

/** One of those that are measured on the same work. */
export type Contender = {
  name: "dormouse" | "unlogged" | "ws" | "socketio" | "onesend";
  /** As a table names it. */
  title: string;
  /**
   * How many messages of each publisher are on their way where as many are wanted as it takes: so many that more would not make it
   * faster. One that sends each by itself would only make them wait.
   */
  depth: number;
  start(): Promise<Service>;
};
