import { aliveSchema } from "../protocol/api.ts";
import { kickMember, listMembers } from "./members.ts";
import { eraseRoom, roomInfo } from "./rooms.ts";
import type { Route } from "./route.ts";
import { description } from "./routes/describe-api.ts";
import { followEvents } from "./routes/follow-events.ts";
import { publish } from "./routes/publish.ts";
import { publishMany } from "./routes/publish-many.ts";
import { readMessages } from "./routes/read-messages.ts";
import { sendSignal } from "./routes/send-signal.ts";

const alive: Route = {
  method: "GET",
  path: "/healthz",
  id: "isAlive",
  summary: "Whether the service lives",
  answers: [{ status: 200, description: "It does", content: { "application/json": aliveSchema } }],
  handle: () => Response.json({ status: "ok" }),
};

/** The whole HTTP API: what is not in this list does not answer, and what is, is described. */
export const routes: readonly Route[] = [
  roomInfo,
  eraseRoom,
  readMessages,
  publish,
  followEvents,
  sendSignal,
  listMembers,
  kickMember,
  publishMany,
  description(() => routes),
  alive,
];
