import * as v from "valibot";
import { WEBHOOK_FAILURES } from "../protocol/webhook-state.ts";

/** The batch of the latest attempt. A retry has the same id as long as its bounds still hold the same number of events. */
const batchSchema = v.object({
  id: v.string(),
  /** The id of its last row, and the seq of its last message. */
  row: v.number(),
  seq: v.number(),
  events: v.optional(v.number(), 0),
  /** How many dropped events it reports. Events that are dropped later are reported by the next batch. */
  dropped: v.optional(v.number(), 0),
  /** How many times the receiver has rejected it as too big. */
  tooBig: v.optional(v.number(), 0),
});

const stateSchema = v.object({
  /** The epoch of the log that `seq` belongs to. States of earlier versions have none; they belong to the current log. */
  epoch: v.optional(v.string()),
  /** The last message that was delivered. */
  seq: v.number(),
  /** Attempts that failed in a row, and when the next one is due: milliseconds. */
  failures: v.number(),
  next: v.number(),
  /** Events dropped since the last batch that was delivered. */
  dropped: v.number(),
  batch: v.nullable(batchSchema),
  /** The latest attempts of each outcome, for operators. */
  success: v.optional(v.object({ at: v.number(), status: v.number() })),
  failure: v.optional(
    v.object({
      at: v.number(),
      status: v.optional(v.number()),
      code: v.optional(v.picklist(WEBHOOK_FAILURES)),
    }),
  ),
});

/** The position and the outcome of deliveries, as the room stores it. */
export type DeliveryState = v.InferOutput<typeof stateSchema> & { epoch: string };

/** A stored state; undefined if there is none. `epoch` is absent in one of an earlier version. */
export function parseState(json: string | undefined): v.InferOutput<typeof stateSchema> | undefined {
  const parsed = v.safeParse(stateSchema, json === undefined ? undefined : JSON.parse(json));
  return parsed.success ? parsed.output : undefined;
}

/** The state of a webhook that receives everything after `seq`. */
export function initialState(epoch: string, seq: number): DeliveryState {
  return { epoch, seq, failures: 0, next: 0, dropped: 0, batch: null };
}
