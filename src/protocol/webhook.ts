import * as v from "valibot";
import { historyMessageSchema } from "./down.ts";

/** What a webhook is told. Field names, sizes and meanings: docs/WEBHOOKS.md. */

const about = {
  /** The same for the same event, however often it is told. */
  id: v.string(),
  /** Milliseconds, the server's clock. */
  at: v.number(),
};
const who = { member: v.string(), name: v.string() };

export const roomEventSchema = v.variant("type", [
  v.object({ ...about, type: v.literal("room.occupied") }),
  v.object({ ...about, type: v.literal("room.vacated") }),
  v.object({ ...about, type: v.literal("member.joined"), ...who }),
  v.object({ ...about, type: v.literal("member.left"), ...who }),
  v.object({ ...about, type: v.literal("message.published"), message: historyMessageSchema }),
]);
export type RoomEvent = v.InferOutput<typeof roomEventSchema>;

/** The body of a delivery. `dropped`: how many older events could not be kept until now. */
export const webhookSchema = v.object({
  room: v.string(),
  epoch: v.string(),
  dropped: v.number(),
  events: v.pipe(v.array(roomEventSchema), v.minLength(1)),
});
export type WebhookBody = v.InferOutput<typeof webhookSchema>;
