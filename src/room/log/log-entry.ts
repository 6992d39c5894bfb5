import type { StreamEnd } from "../../protocol/operations.ts";
import type { Segment } from "./segment.ts";

/** An append as a row of joined appends stores it. */
export type AppendPart = {
  target: number;
  offset: number;
  id: string;
  from: string;
  name: string;
  data: string;
  end?: StreamEnd | undefined;
};

/** A segment to store, with the ids of its messages in order. `appends`: its messages, where all of them are appends. */
export type LogEntry = {
  segment: Segment;
  ids: readonly string[];
  appends?: readonly AppendPart[] | undefined;
};
