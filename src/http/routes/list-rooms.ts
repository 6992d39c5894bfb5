import { DormouseError } from "../../protocol/errors.ts";
import { ROOMS_LIMIT } from "../../protocol/limits.ts";
import { roomsPageSchema, roomsQuerySchema } from "../../protocol/operator-api.ts";
import { authorizeOperator } from "../authorize-operator.ts";
import { rateKeyOf } from "../rate-limits.ts";
import { parseQuery } from "../request/query.ts";
import { isUpgrade } from "../request/upgrade-offer.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route, RouteRequest } from "../route.ts";

export const listRooms: Route = {
  method: "GET",
  path: "/v1/rooms",
  id: "listRooms",
  summary: "List the active rooms",
  description:
    "Lists the rooms that are in use or hold messages, in the order of their names, as they reported themselves last. A room reports at most " +
    "once a minute. `members` and `seq` are those of its report, and `activeAt` is when a message or a member last came or went. `stale` is " +
    "true where a room with members has not reported for an hour. The token needs the claim `rooms` with `*`.",
  needs: "admin",
  query: roomsQuerySchema,
  responses: [
    { status: 200, description: "A page of rooms", content: { "application/json": roomsPageSchema } },
  ],
  problems: ["invalid_query", "rate_limited", "no_directory"],
  async handle(call) {
    if (isUpgrade(call.request)) throw noName();
    const grant = await authorizeOperator(call);
    const { prefix = "", after = "", limit = ROOMS_LIMIT.default } = parseQuery(call.url, roomsQuerySchema);
    const list = listOf(call);
    // Room names are in NFC.
    const page = await list({
      prefix: prefix.normalize("NFC"),
      after,
      limit,
      caller: rateKeyOf(grant, call.request),
    });
    return Response.json(page, { headers: NO_STORE });
  },
};

/** @throws DormouseError `no_directory` */
export function listOf({ service }: RouteRequest): NonNullable<RouteRequest["service"]["listRooms"]> {
  if (service.listRooms !== undefined) return service.listRooms;
  const why = "This service keeps no list of rooms. Add the Durable Object binding DIRECTORY.";
  throw new DormouseError("no_directory", why);
}

function noName(): DormouseError {
  const why = "The address has no room name. Send the request to /v1/rooms/{room}.";
  return new DormouseError("invalid_room", why);
}
