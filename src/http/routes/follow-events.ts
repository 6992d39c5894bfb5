import * as v from "valibot";
import type { Grant } from "../../auth/grant.ts";
import { joinQuerySchema } from "../../protocol/api.ts";
import { admissionRequest } from "../../rpc/admission.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorize, authorizeRead } from "../authorize.ts";
import { followStream } from "../events/follower.ts";
import { followerWindow } from "../events/unread-window.ts";
import { limitByAddress, rateKeyOf } from "../rate-limits.ts";
import { parseQuery } from "../request/query.ts";
import type { Route, RouteRequest } from "../route.ts";

const HEADERS = {
  "content-type": "text/event-stream",
  // A proxy that buffers or compresses the stream would delay events.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

export const followEvents: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/events",
  id: "followEvents",
  summary: "Follow a room with Server-Sent Events",
  description:
    "Each message is an event whose `id:` is a cursor, so an `EventSource` resumes on its own. The first event is `position`, or `reset` " +
    "where the cursor could not be used. `bye` is sent before the server ends the stream.",
  needs: "read",
  query: joinQuerySchema,
  headers: {
    "Last-Event-ID": "The `id:` of the last event that you have. It takes precedence over `cursor`.",
  },
  responses: [
    {
      status: 200,
      description: "Events, until you close the connection",
      content: { "text/event-stream": v.string() },
    },
  ],
  problems: ["invalid_query", "banned", "rate_limited", "room_full"],
  async handle(call) {
    const { request, url } = call;
    if (request.method === "HEAD") return headOf(call);
    const { room, settings, client, grant } = await authorize(call, "read");
    const query = parseQuery(url, joinQuerySchema);
    await limitByAddress(call);
    const history = query.history ?? 0;
    const cursor = request.headers.get("last-event-id") || query.cursor;
    const response = await client.fetch(
      admissionRequest({
        grant: readOnly(grant),
        room,
        rateKey: rateKeyOf(grant, request),
        mode: "v1",
        history,
        marks: true,
        maxUnread: followerWindow(),
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    const { webSocket } = response;
    if (webSocket === null) return new Response(response.body, response);
    const stream = followStream(webSocket, {
      cursor,
      history,
      heartbeatMs: settings.heartbeatSeconds * 1000,
    });
    return new Response(stream, { headers: HEADERS });
  },
};

/** The status and headers of a GET, without opening a stream. */
async function headOf(call: RouteRequest): Promise<Response> {
  const { client, reader } = await authorizeRead(call, "read");
  parseQuery(call.url, joinQuerySchema);
  unwrap(await client.call("readInfo", reader));
  return new Response(null, { headers: HEADERS });
}

/** A follower cannot send anything, but counts as present. */
function readOnly(grant: Grant): Grant {
  return { ...grant, can: grant.can.filter((each) => each === "read" || each === "presence") };
}
