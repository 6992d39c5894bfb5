import * as v from "valibot";
import { exportQuerySchema } from "../../protocol/operator-api.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorize } from "../authorize.ts";
import { rateKeyOf } from "../rate-limits.ts";
import { parseQuery } from "../request/query.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";
import { exportStream } from "../transfer/export-stream.ts";

export const NDJSON = "application/x-ndjson";

export const exportRoom: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/export",
  id: "exportRoom",
  summary: "Export the messages of a room",
  description:
    "Answers with one line of JSON for each message, oldest first and in its current form. The first line is `{room, epoch, seq, floor}`, and " +
    'the last one `{"end":true,"seq":…}`. Without that line, the export is not whole: continue it with `after`. If the room is erased meanwhile, ' +
    "the last line has an `error`. Pages are charged as reads, also for `admin`, and wait for the read limiter.",
  needs: "admin",
  query: exportQuerySchema,
  responses: [{ status: 200, description: "Lines of JSON", content: { [NDJSON]: v.string() } }],
  problems: ["invalid_query", "rate_limited"],
  async handle(call) {
    const { request, url } = call;
    const { room, client, grant } = await authorize(call, "admin");
    const { after = 0 } = parseQuery(url, exportQuerySchema);
    const reader = { member: grant.member, rateKey: rateKeyOf(grant, request) };
    const first = unwrap(await client.call("exportPage", { ...reader, after }));
    const body = request.method === "HEAD" ? null : exportStream(client, { room, after, reader, first });
    return new Response(body, { headers: { ...NO_STORE, "content-type": NDJSON } });
  },
};
