import type * as v from "valibot";
import { publishedSchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { completeFileSchema } from "../../protocol/files.ts";
import { nameQuerySchema } from "../../protocol/name-query.ts";
import type { Upload } from "../../rpc/file-calls.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { isInline } from "../files/file-signature.ts";
import { authorizeUpload, fileSegment, partsOf, UPLOAD_PROBLEMS } from "../files/uploader.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { IDEMPOTENCY_KEY, idempotencyKeyOf, postOf, singleMessage } from "../request/posted-messages.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

/** Parts that an error names. */
const NAMED_PARTS = 10;

export const completeFile: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/files/{file}/complete",
  id: "completeFile",
  summary: "Publish an uploaded file",
  description:
    "Puts the parts together and publishes a message in the name of the uploader, as `POST …/messages` does. Its data is `data` with the " +
    "file as `file`: `{id, name, type, size}`, and `width` and `height` where the upload has them. A repeated call returns the same message, with `dup`.",
  needs: "publish",
  query: nameQuerySchema,
  headers: IDEMPOTENCY_KEY,
  body: { "application/json": completeFileSchema },
  responses: [{ status: 201, description: "Published", content: { "application/json": publishedSchema } }],
  problems: [...UPLOAD_PROBLEMS, "bad_json", "invalid_event", "too_big", "unsupported_type"],
  async handle(call) {
    const { request } = call;
    const { client, grant, settings, store, by } = await authorizeUpload(call);
    const file = fileSegment(call);
    const key = idempotencyKeyOf(request) ?? `file-${file}`;
    mediaTypeOf(request, ["application/json"]);
    const { id, data } = bodyOf(await readJson(request, settings.messageBytes));
    const upload = unwrap(await client.call("uploadOf", by, file));
    if (upload.published !== undefined)
      return Response.json(upload.published, { status: 201, headers: NO_STORE });
    checkParts(upload);
    const given = { id, data: { ...data, file: shown(upload) } };
    // Before the parts are put together, since a message that is refused leaves the upload as it is.
    const messages = singleMessage(given, key, settings.messageBytes);
    const { etag, head } = await store.complete(upload);
    const stored = { file, etag, inline: isInline(upload.type, head) };
    const published = unwrap(await client.call("publishFile", postOf(request, grant, messages), stored));
    return Response.json(published, { status: 201, headers: NO_STORE });
  },
};

/** The schema takes a list for an object. @throws DormouseError `invalid_event` */
function bodyOf(json: unknown): v.InferOutput<typeof completeFileSchema> {
  const body = parseBody(completeFileSchema, json);
  if (!Array.isArray((json as { data?: unknown }).data)) return body;
  throw new DormouseError("invalid_event", "In the body, data must be an object, not a list.");
}

/** @throws DormouseError `invalid_event` */
function checkParts(upload: Upload): void {
  if (upload.etag !== undefined) return;
  const have = new Set(upload.parts.map(({ part }) => part));
  const missing = Array.from({ length: partsOf(upload) }, (_, i) => i + 1).filter((part) => !have.has(part));
  if (missing.length === 0) return;
  const more = missing.length > NAMED_PARTS ? " and more" : "";
  const list = `${missing.slice(0, NAMED_PARTS).join(", ")}${more}`;
  throw new DormouseError("invalid_event", `Parts of the file are missing: ${list}. Upload them first.`);
}

/** The file as the message shows it. */
function shown({ id, name, type, size, width, height }: Upload): object {
  return { id, name, type, size, width, height };
}
