import { type Page, pageQuerySchema, pageSchema } from "../protocol/api.ts";
import { DormouseError } from "../protocol/codes.ts";
import { HISTORY_LIMIT } from "../protocol/limits.ts";
import { unwrap } from "../protocol/outcome.ts";
import type { Call } from "./call.ts";
import { callerOf } from "./caller.ts";
import { hasTag, REVALIDATE } from "./headers.ts";
import { queryOf } from "./query.ts";

export const readMessages: Call = {
  method: "GET",
  path: "/v1/rooms/{room}/messages",
  id: "readMessages",
  summary: "Read messages, a page at a time",
  description:
    "Oldest first. Where there are more in the direction that was asked for, `more` is true and the `Link` header names the " +
    "next page. Messages do not change, so a page has an `ETag`.",
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
  problems: ["invalid_query", "banned", "epoch_changed"],
  async handle(request, env) {
    const { url, stub, grant } = await callerOf(request, env, "read");
    const { before, after, epoch: known, limit = HISTORY_LIMIT.default } = queryOf(url, pageQuerySchema);
    if (before !== undefined && after !== undefined) {
      throw new DormouseError("invalid_query", "Ask for messages before a seq or after one, not both.");
    }
    const { epoch, messages, more }: Page = unwrap(
      await stub.messages({
        member: grant.member,
        limit,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      }),
    );
    if (known !== undefined && known !== epoch) {
      throw new DormouseError(
        "epoch_changed",
        "The room was erased since the page with this epoch. Start again without an epoch.",
      );
    }
    const etag = `"${epoch}.${messages[0]?.seq ?? 0}-${messages.at(-1)?.seq ?? 0}${more ? "+" : ""}"`;
    const headers: Record<string, string> = { ...REVALIDATE, etag };
    const next = after === undefined ? messages[0] : messages.at(-1);
    if (more && next !== undefined) {
      const step = after === undefined ? "before" : "after";
      headers.link = `<${url.pathname}?${step}=${next.seq}&limit=${limit}>; rel="next"`;
    }
    if (hasTag(request, etag)) return new Response(null, { status: 304, headers });
    return Response.json({ epoch, messages, more } satisfies Page, { headers });
  },
};
