import { credentialOf } from "../../auth/credential.ts";
import { isToken } from "../../auth/token.ts";
import {
  type PublishedMany,
  publishedManySchema,
  publishManyBodySchema,
  publishQuerySchema,
} from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { BATCH_ROOMS } from "../../protocol/limits.ts";
import { checkedRoomName } from "../../protocol/names.ts";
import { problemOf } from "../../protocol/problem.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { Post } from "../../rpc/room-calls.ts";
import { type AuthorizedRoom, authorizePublish } from "../authorize.ts";
import { publicErrorOf } from "../public-error.ts";
import { limitByAddress, limitGuestByAddress } from "../rate-limits.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { IDEMPOTENCY_KEY, idempotencyKeyOf, postOf, singleMessage } from "../request/posted-messages.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";
import { PUBLISH_PROBLEMS } from "./publish.ts";

/** `BATCH_ROOMS` for guests. It is lower because only its address identifies a guest, and each room stores the message again. */
const GUEST_BATCH_ROOMS = 10;

const content = { "application/json": publishedManySchema };

export const publishMany: Route = {
  method: "POST",
  path: "/v1/messages",
  id: "publishMany",
  summary: "Publish one message to many rooms",
  description:
    `Publishes to 1 to ${BATCH_ROOMS} rooms (${GUEST_BATCH_ROOMS} for a guest) and returns one result per room, in the order of \`rooms\`. ` +
    "A request without access to one of the rooms, or with an invalid body, fails as a whole before any room is contacted.",
  needs: "publish",
  query: publishQuerySchema,
  headers: IDEMPOTENCY_KEY,
  example: { rooms: ["lobby"], data: { text: "hello" } },
  body: { "application/json": publishManyBodySchema },
  responses: [
    { status: 201, description: "Stored in all rooms", content },
    { status: 207, description: "Not stored in some rooms: their results contain a problem", content },
  ],
  problems: ["invalid_room", ...PUBLISH_PROBLEMS],
  async handle(call) {
    const { request, url, service } = call;
    const { messageBytes } = service.settingsFor();
    mediaTypeOf(request, ["application/json"]);
    const credential = () => credentialOf(request, url);
    // A guest's first room counts before the body is read, the others once the body says how many there are.
    if (service.authenticate !== undefined || isGuest(credential())) await limitByAddress(call);
    const json = await readJson(request, messageBytes);
    const { rooms: named, ...message } = parseBody(publishManyBodySchema, json);
    const rooms = await authorizePublish(call, distinct(named.map(checkedRoomName)), credential);
    const guest = rooms.find(({ grant }) => grant.guest)?.grant;
    if (guest !== undefined && rooms.length > GUEST_BATCH_ROOMS) {
      const why = `A guest can publish to at most ${GUEST_BATCH_ROOMS} rooms in one request. Use a token, or send several requests.`;
      throw new DormouseError("invalid_event", why);
    }
    const mostBytes = Math.min(messageBytes, ...rooms.map(({ settings }) => settings.messageBytes));
    const messages = singleMessage(message, idempotencyKeyOf(request), mostBytes);
    if (guest !== undefined) await limitGuestByAddress(call, guest, rooms.length - 1);
    const results = await Promise.all(
      rooms.map((room) => publishTo(room, postOf(request, room.grant, messages))),
    );
    const status = results.some((result) => "problem" in result) ? 207 : 201;
    return Response.json({ results } satisfies PublishedMany, { status, headers: NO_STORE });
  },
};

type Result = PublishedMany["results"][number];

async function publishTo({ room, client }: AuthorizedRoom, post: Post): Promise<Result> {
  try {
    return { room, ...unwrap(await client.call("publish", post)) };
  } catch (error) {
    return { room, problem: problemOf(publicErrorOf(error)) };
  }
}

function isGuest(credential: string | undefined): boolean {
  return credential === undefined || !isToken(credential);
}

/** @throws DormouseError `invalid_room` */
function distinct(rooms: readonly string[]): readonly string[] {
  const twice = rooms.find((room, i) => rooms.indexOf(room) !== i);
  if (twice === undefined) return rooms;
  throw new DormouseError("invalid_room", `The room ${twice} is listed twice. List each room once.`);
}
