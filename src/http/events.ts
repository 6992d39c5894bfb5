import * as v from "valibot";
import { admissionRequest, type Grant } from "../access/grant.ts";
import { joinQuerySchema } from "../protocol/api.ts";
import { unwrap } from "../protocol/outcome.ts";
import type { Call } from "./call.ts";
import { callerOf, debtorOf, limitJoins, readerOf } from "./caller.ts";
import { follow, followerWindow } from "./follow.ts";
import { queryOf } from "./query.ts";

const HEADERS = {
  "content-type": "text/event-stream",
  // A proxy that gathers or compresses the stream would hold events back.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

export const followEvents: Call = {
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
  async handle(request, env) {
    if (request.method === "HEAD") return headOf(request, env);
    const { url, room, settings, stub, grant } = await callerOf(request, env, "read");
    const query = queryOf(url, joinQuerySchema);
    await limitJoins(request, env);
    const history = query.history ?? 0;
    const cursor = request.headers.get("last-event-id") || query.cursor;
    const response = await stub.fetch(
      admissionRequest({
        grant: asReader(grant),
        room,
        debtor: debtorOf(grant, request),
        mode: "v1",
        history,
        marks: true,
        most: followerWindow(),
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    const { webSocket } = response;
    if (webSocket === null) return new Response(response.body, response);
    const stream = follow(webSocket, {
      cursor,
      history,
      heartbeatMs: settings.heartbeatSeconds * 1000,
    });
    return new Response(stream, { headers: HEADERS });
  },
};

/** What following would be answered, short of events. */
async function headOf(request: Request, env: Env): Promise<Response> {
  const { url, stub, reader } = await readerOf(request, env, "read");
  queryOf(url, joinQuerySchema);
  unwrap(await stub.look(reader));
  return new Response(null, { headers: HEADERS });
}

/** Who only listens can do nothing else, but is here. */
function asReader(grant: Grant): Grant {
  return { ...grant, can: grant.can.filter((each) => each === "read" || each === "presence") };
}
