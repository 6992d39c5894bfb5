import { pageQuerySchema, pageSchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { HISTORY_LIMIT } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { ifNoneMatch } from "../request/etags.ts";
import { parseQuery } from "../request/query.ts";
import { JSON_TYPE, REVALIDATE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const readMessages: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/messages",
  id: "readMessages",
  summary: "Read a page of messages",
  description:
    "Messages are listed oldest first. Where there are more messages in the requested direction, `more` is true and the `Link` header " +
    "points to the next page. Messages are in their current form, and the `ETag` of a page changes with them. `epoch` identifies the log. Send it with the request for " +
    "the next page: the answer is then `epoch_changed` if the room was erased in between.",
  needs: "read",
  query: pageQuerySchema,
  headers: { "If-None-Match": "The `ETag` of a page that you have." },
  responses: [
    {
      status: 200,
      description: "A page of messages",
      content: { "application/json": pageSchema },
      headers: {
        Link: "The next page (RFC 8288), where there is one",
        ETag: "The identity of exactly these messages in this form",
      },
    },
    { status: 304, description: "You have this page" },
  ],
  problems: ["invalid_query", "banned", "epoch_changed", "rate_limited"],
  async handle(call) {
    const { request, url } = call;
    const { client, reader } = await authorizeRead(call, "read");
    const { before, after, epoch: known, limit = HISTORY_LIMIT.default } = parseQuery(url, pageQuerySchema);
    if (before !== undefined && after !== undefined) {
      throw new DormouseError("invalid_query", "The query has both before and after. Send only one of them.");
    }
    const { epoch, tag, isKnown, first, last, more, messages } = unwrap(
      await client.call("messages", {
        ...reader,
        limit,
        tags: ifNoneMatch(request),
        isHead: request.method === "HEAD",
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        ...(known === undefined ? {} : { epoch: known }),
      }),
    );
    const headers: Record<string, string> = { ...REVALIDATE, etag: tag };
    if (more && last > 0) {
      const step = after === undefined ? `before=${first}` : `after=${last}`;
      headers.link = `<${url.pathname}?${step}&limit=${limit}&epoch=${epoch}>; rel="next"`;
    }
    if (isKnown) return new Response(null, { status: 304, headers });
    // The room returns the messages as JSON text, so that the Worker does not parse and encode them again.
    const body = messages === undefined ? null : `{"epoch":"${epoch}","messages":${messages},"more":${more}}`;
    return new Response(body, { headers: { ...headers, ...JSON_TYPE } });
  },
};
