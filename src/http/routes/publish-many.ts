import { requireCapability } from "../../auth/authenticate.ts";
import { credentialOf } from "../../auth/credential.ts";
import { isToken } from "../../auth/token.ts";
import {
  type PublishedMany,
  publishedManySchema,
  publishManyBodySchema,
  publishQuerySchema,
} from "../../protocol/api.ts";
import { DormouseError, problemOf } from "../../protocol/codes.ts";
import { BATCH_ROOMS } from "../../protocol/limits.ts";
import { checkedRoomName } from "../../protocol/names.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { Post } from "../../rpc/room-calls.ts";
import { grantForRooms, limitGuestPosts, limitJoins } from "../authorize.ts";
import { publicError } from "../public-error.ts";
import { fieldsOf, jsonOf, mediaTypeOf } from "../request/body.ts";
import { NO_STORE } from "../request/headers.ts";
import { keyOf, postedMessage } from "../request/posted-messages.ts";
import type { Route } from "../route.ts";
import type { Service } from "../service.ts";
import { IDEMPOTENCY_KEY, PUBLISH_PROBLEMS, postOf } from "./publish.ts";

/** The same as `BATCH_ROOMS` for a guest, whom only its address tells apart from others: each room stores the message anew. */
const GUEST_BATCH_ROOMS = 10;

const content = { "application/json": publishedManySchema };

export const publishMany: Route = {
  method: "POST",
  path: "/v1/messages",
  id: "publishMany",
  summary: "Publish one message to many rooms",
  description:
    `To 1 to ${BATCH_ROOMS} rooms (${GUEST_BATCH_ROOMS} for a guest), each with a result of its own, in the order in which they are named. What is refused by access or ` +
    "by the body is refused as a whole, before any room is touched.",
  needs: "publish",
  query: publishQuerySchema,
  headers: IDEMPOTENCY_KEY,
  example: { rooms: ["lobby"], data: { text: "hello" } },
  body: { "application/json": publishManyBodySchema },
  answers: [
    { status: 201, description: "Stored in all of them", content },
    { status: 207, description: "Not stored in some: their results hold a problem", content },
  ],
  problems: ["invalid_room", ...PUBLISH_PROBLEMS],
  async handle(call) {
    const { request, url, service } = call;
    const settings = service.settingsFor();
    mediaTypeOf(request, ["application/json"]);
    const credential = credentialOf(request, url);
    // A guest pays for the first room before the body is read, and for the others once it says how many they are.
    if (credential === undefined || !isToken(credential)) await limitJoins(request, service);
    const json = await jsonOf(request, settings.messageBytes);
    const { rooms: named, ...message } = fieldsOf(publishManyBodySchema, json);
    const rooms = distinct(named.map(checkedRoomName));
    const grant = await grantForRooms(call, rooms, credential);
    requireCapability(grant, "publish");
    if (grant.guest && rooms.length > GUEST_BATCH_ROOMS) {
      const why = `A guest publishes to at most ${GUEST_BATCH_ROOMS} rooms at once. Use a token, or send several posts.`;
      throw new DormouseError("invalid_event", why);
    }
    const post = postOf(request, grant, postedMessage(message, keyOf(request), settings.messageBytes));
    await limitGuestPosts(request, service, grant, rooms.length - 1);
    const results = await Promise.all(rooms.map((room) => resultOf(service, room, post)));
    const status = results.some((result) => "problem" in result) ? 207 : 201;
    return Response.json({ results } satisfies PublishedMany, { status, headers: NO_STORE });
  },
};

type Result = PublishedMany["results"][number];

async function resultOf(service: Service, room: string, post: Post): Promise<Result> {
  try {
    return { room, ...unwrap(await service.roomNamed(room).call("publish", post)) };
  } catch (error) {
    return { room, problem: problemOf(publicError(error)) };
  }
}

function distinct(rooms: readonly string[]): readonly string[] {
  const twice = rooms.find((room, i) => rooms.indexOf(room) !== i);
  if (twice === undefined) return rooms;
  throw new DormouseError("invalid_room", `The room ${twice} is named twice.`);
}
