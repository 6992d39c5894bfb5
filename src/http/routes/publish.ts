import * as v from "valibot";
import type { Grant } from "../../auth/grant.ts";
import {
  batchSchema,
  postedMessageSchema,
  publishBodySchema,
  publishedSchema,
  publishQuerySchema,
} from "../../protocol/api.ts";
import { BATCH_MESSAGES } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { Post, PostedMessage } from "../../rpc/room-calls.ts";
import type { Settings } from "../../settings/settings.ts";
import { authorize, limitGuestPosts, rateKeyOf } from "../authorize.ts";
import { bytesOf, fieldsOf, jsonOf, mediaTypeOf } from "../request/body.ts";
import { NO_STORE } from "../request/headers.ts";
import { keyOf, postedBatch, postedBytes, postedMessage } from "../request/posted-messages.ts";
import type { Route } from "../route.ts";

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";

export const IDEMPOTENCY_KEY = {
  "Idempotency-Key":
    "Makes a retry safe: it is the id of a message that has none of its own; in a batch, followed by `:0`, `:1`, …",
};

/** What may keep a message out, beside what may refuse any call. */
export const PUBLISH_PROBLEMS = [
  "bad_json",
  "invalid_event",
  "banned",
  "too_big",
  "unsupported_type",
  "rate_limited",
] as const;

export const publish: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/messages",
  id: "publish",
  summary: "Publish a message, or several together",
  description:
    `One (\`{data}\`), or 1 to ${BATCH_MESSAGES} (\`{messages: [{data}, …]}\`), of which all or none are stored, one after the other; ` +
    "or the bytes of a binary message. The answer comes when they are on disk. `dup`: the id was in the log before, with this " +
    "seq, and nothing was added.",
  needs: "publish",
  query: publishQuerySchema,
  headers: IDEMPOTENCY_KEY,
  example: { data: { text: "hello" } },
  body: { [JSON_TYPE]: publishBodySchema, [BYTES_TYPE]: v.blob() },
  answers: [{ status: 201, description: "Stored", content: { "application/json": publishedSchema } }],
  problems: PUBLISH_PROBLEMS,
  async handle(call) {
    const { request, service } = call;
    const { client, grant, settings } = await authorize(call, "publish");
    // A body is read and parsed after it is paid for.
    await limitGuestPosts(request, service, grant, 1);
    const messages = await messagesOf(request, settings);
    const published = unwrap(await client.call("publish", postOf(request, grant, messages)));
    return Response.json(published, { status: 201, headers: NO_STORE });
  },
};

/** Who may erase the room may fill it: a backend's `admin` token has no limit of rate. */
export function postOf(request: Request, grant: Grant, messages: readonly PostedMessage[]): Post {
  const { member, name, can, claims } = grant;
  const author = { can, claims };
  return {
    member,
    name,
    author,
    messages,
    ...(can.includes("admin") ? {} : { rateKey: rateKeyOf(grant, request) }),
  };
}

async function messagesOf(request: Request, settings: Settings): Promise<PostedMessage[]> {
  const { messageBytes } = settings;
  const key = keyOf(request);
  if (mediaTypeOf(request, [JSON_TYPE, BYTES_TYPE]) === BYTES_TYPE) {
    return postedBytes(await bytesOf(request, messageBytes), key);
  }
  const json = await jsonOf(request, messageBytes);
  const isBatch = typeof json === "object" && json !== null && "messages" in json;
  return isBatch
    ? postedBatch(fieldsOf(batchSchema, json).messages, key, messageBytes)
    : postedMessage(fieldsOf(postedMessageSchema, json), key, messageBytes);
}
