import { aliveSchema } from "../protocol/api.ts";
import type { Call } from "./call.ts";
import { description } from "./description.ts";
import { followEvents } from "./events.ts";
import { readMessages } from "./history.ts";
import { kickMember, listMembers } from "./members.ts";
import { publish } from "./publish.ts";
import { publishMany } from "./publish-many.ts";
import { eraseRoom, roomInfo } from "./rooms.ts";
import { sendSignal } from "./signals.ts";

const alive: Call = {
  method: "GET",
  path: "/healthz",
  id: "isAlive",
  summary: "Whether the service lives",
  answers: [{ status: 200, description: "It does", content: { "application/json": aliveSchema } }],
  handle: () => Response.json({ status: "ok" }),
};

/** The whole HTTP API: what is not in this list does not answer, and what is, is described. */
export const calls: readonly Call[] = [
  roomInfo,
  eraseRoom,
  readMessages,
  publish,
  followEvents,
  sendSignal,
  listMembers,
  kickMember,
  publishMany,
  description(() => calls),
  alive,
];
