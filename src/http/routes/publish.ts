import * as v from "valibot";
import {
  batchSchema,
  postedMessageSchema,
  publishBodySchema,
  publishedSchema,
  publishQuerySchema,
} from "../../protocol/api.ts";
import { BATCH_MESSAGES } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { PostedMessage } from "../../rpc/room-calls.ts";
import type { Settings } from "../../settings/settings.ts";
import { authorize } from "../authorize.ts";
import { limitGuestByAddress } from "../rate-limits.ts";
import { mediaTypeOf, parseBody, readBytes, readJson } from "../request/body.ts";
import {
  batchMessages,
  binaryMessage,
  IDEMPOTENCY_KEY,
  idempotencyKeyOf,
  postOf,
  singleMessage,
} from "../request/posted-messages.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";

/** Error codes of a publish, beside those of every call. */
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
  summary: "Publish one message or a batch",
  description:
    `Send one message (\`{data}\`), a batch of 1 to ${BATCH_MESSAGES} (\`{messages: [{data}, …]}\`), or the bytes of a binary message. ` +
    "A batch is stored as a whole or not at all, and its messages have consecutive seqs. The answer is sent once the messages are on disk. " +
    "`dup` is true where the id was already in the log: `seq` is then that of the existing message, and nothing was added.",
  needs: "publish",
  query: publishQuerySchema,
  headers: IDEMPOTENCY_KEY,
  example: { data: { text: "hello" } },
  body: { [JSON_TYPE]: publishBodySchema, [BYTES_TYPE]: v.blob() },
  responses: [{ status: 201, description: "Stored", content: { "application/json": publishedSchema } }],
  problems: PUBLISH_PROBLEMS,
  async handle(call) {
    const { request } = call;
    const { client, grant, settings } = await authorize(call, "publish");
    // The rate limit comes first: reading and parsing the body costs more than the check.
    await limitGuestByAddress(call, grant, 1);
    const messages = await messagesOf(request, settings);
    const published = unwrap(await client.call("publish", postOf(request, grant, messages)));
    return Response.json(published, { status: 201, headers: NO_STORE });
  },
};

async function messagesOf(request: Request, { messageBytes }: Settings): Promise<PostedMessage[]> {
  const key = idempotencyKeyOf(request);
  if (mediaTypeOf(request, [JSON_TYPE, BYTES_TYPE]) === BYTES_TYPE) {
    return binaryMessage(await readBytes(request, messageBytes), key);
  }
  const json = await readJson(request, messageBytes);
  const isBatch = typeof json === "object" && json !== null && "messages" in json;
  return isBatch
    ? batchMessages(parseBody(batchSchema, json).messages, key, messageBytes)
    : singleMessage(parseBody(postedMessageSchema, json), key, messageBytes);
}
