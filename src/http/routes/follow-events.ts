import * as v from "valibot";
import type { Grant } from "../../auth/grant.ts";
import { joinQuerySchema } from "../../protocol/api.ts";
import { admissionRequest } from "../../rpc/admission.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorize, authorizeRead, limitJoins, rateKeyOf } from "../authorize.ts";
import { followerWindow, followStream } from "../events/follower.ts";
import { queryOf } from "../request/query.ts";
import type { Route, RouteRequest } from "../route.ts";

const HEADERS = {
  "content-type": "text/event-stream",
  // A proxy that gathers or compresses the stream would hold events back.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

export const followEvents: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/events",
  id: "followEvents",
  summary: "Follow a room by Server-Sent Events",
  description:
    "Each message is an event whose `id:` is a cursor, so that `EventSource` resumes by itself. An event `position` comes first, or " +
    "`reset`, where the cursor could not be honoured; `bye` comes before the server ends the stream.",
  needs: "read",
  query: joinQuerySchema,
  headers: { "Last-Event-ID": "The `id:` of the last event that you have; it goes before `cursor`." },
  answers: [
    {
      status: 200,
      description: "Events, for as long as you listen",
      content: { "text/event-stream": v.string() },
    },
  ],
  problems: ["invalid_query", "banned", "rate_limited", "room_full"],
  async handle(call) {
    const { request, url, service } = call;
    if (request.method === "HEAD") return headOf(call);
    const { room, settings, client, grant } = await authorize(call, "read");
    const query = queryOf(url, joinQuerySchema);
    await limitJoins(request, service);
    const history = query.history ?? 0;
    const cursor = request.headers.get("last-event-id") || query.cursor;
    const response = await client.fetch(
      admissionRequest({
        grant: asReader(grant),
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

/** What following would be answered, short of events. */
async function headOf(call: RouteRequest): Promise<Response> {
  const { client, reader } = await authorizeRead(call, "read");
  queryOf(call.url, joinQuerySchema);
  unwrap(await client.call("readInfo", reader));
  return new Response(null, { headers: HEADERS });
}

/** Who only listens can do nothing else, but is here. */
function asReader(grant: Grant): Grant {
  return { ...grant, can: grant.can.filter((each) => each === "read" || each === "presence") };
}
