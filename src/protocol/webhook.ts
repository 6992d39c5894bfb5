import * as v from "valibot";
import { historyMessageSchema, operationSchema } from "./down.ts";

/** The events and bodies that a webhook receives. `docs/WEBHOOKS.md` documents them. */

const about = {
  /** The same in every delivery of the same event. */
  id: v.string(),
  /** Milliseconds since 1970, by the server's clock. */
  at: v.number(),
};
const who = { member: v.string(), name: v.string() };

export const roomEventSchema = v.variant("type", [
  v.object({ ...about, type: v.literal("room.occupied") }),
  v.object({ ...about, type: v.literal("room.vacated") }),
  v.object({ ...about, type: v.literal("member.joined"), ...who }),
  v.object({ ...about, type: v.literal("member.left"), ...who }),
  v.object({ ...about, type: v.literal("message.published"), message: historyMessageSchema }),
  v.object({ ...about, type: v.literal("message.updated"), operation: operationSchema }),
  v.object({ ...about, type: v.literal("message.deleted"), operation: operationSchema }),
  v.object({ ...about, type: v.literal("message.reacted"), operation: operationSchema }),
]);
export type RoomEvent = v.InferOutput<typeof roomEventSchema>;

/** The body of a delivery. `dropped` counts older events that were discarded before they could be delivered. */
export const webhookSchema = v.object({
  room: v.string(),
  epoch: v.string(),
  dropped: v.number(),
  events: v.pipe(v.array(roomEventSchema), v.minLength(1)),
});
export type WebhookBody = v.InferOutput<typeof webhookSchema>;
