import { pageQuerySchema, pageSchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/codes.ts";
import { HISTORY_LIMIT } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { JSON_TYPE, keptTags, REVALIDATE } from "../request/headers.ts";
import { queryOf } from "../request/query.ts";
import type { Route } from "../route.ts";

export const readMessages: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/messages",
  id: "readMessages",
  summary: "Read messages, a page at a time",
  description:
    "Oldest first. Where there are more in the direction that was asked for, `more` is true and the `Link` header names the " +
    "next page. Messages do not change, so a page has an `ETag`. `epoch` names the log; send it with the next page, so that you " +
    "learn of it when the room was erased in between.",
  needs: "read",
  query: pageQuerySchema,
  headers: { "If-None-Match": "The `ETag` of a page that you have." },
  answers: [
    {
      status: 200,
      description: "A page",
      content: { "application/json": pageSchema },
      headers: { Link: "The next page (RFC 8288), where there is one", ETag: "Names just these messages" },
    },
    { status: 304, description: "You have this page" },
  ],
  problems: ["invalid_query", "banned", "epoch_changed", "rate_limited"],
  async handle(call) {
    const { request, url } = call;
    const { client, reader } = await authorizeRead(call, "read");
    const { before, after, epoch: known, limit = HISTORY_LIMIT.default } = queryOf(url, pageQuerySchema);
    if (before !== undefined && after !== undefined) {
      throw new DormouseError("invalid_query", "Ask for messages before a seq or after one, not both.");
    }
    const { epoch, tag, isKnown, first, last, more, messages } = unwrap(
      await client.call("messages", {
        ...reader,
        limit,
        tags: keptTags(request),
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
    // The room put the messages together as text, which is passed on as it is.
    const body = messages === undefined ? null : `{"epoch":"${epoch}","messages":${messages},"more":${more}}`;
    return new Response(body, { headers: { ...headers, ...JSON_TYPE } });
  },
};
