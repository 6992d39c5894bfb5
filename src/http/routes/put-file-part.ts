import * as v from "valibot";
import { DormouseError } from "../../protocol/errors.ts";
import { partStoredSchema } from "../../protocol/files.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { wrongLength } from "../files/file-store.ts";
import { authorizeUpload, fileSegment, partLength, partsOf, UPLOAD_PROBLEMS } from "../files/uploader.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const putFilePart: Route = {
  method: "PUT",
  path: "/v1/rooms/{room}/files/{file}/parts/{part}",
  id: "putFilePart",
  summary: "Upload a part of a file",
  description:
    "The bytes of the part, raw. Parts may be sent in any order, several at once, and again: the last bytes count. Only the member who began " +
    "the upload may send parts.",
  needs: "publish",
  body: { "application/octet-stream": v.blob() },
  responses: [{ status: 200, description: "Stored", content: { "application/json": partStoredSchema } }],
  problems: [...UPLOAD_PROBLEMS, "invalid_query", "invalid_event"],
  async handle(call) {
    const { request } = call;
    const { client, store, by } = await authorizeUpload(call);
    const file = fileSegment(call);
    const upload = unwrap(await client.call("uploadOf", by, file));
    const part = partSegment(call.segment("part"), partsOf(upload));
    if (upload.etag !== undefined)
      throw new DormouseError("invalid_event", "The upload is complete, so its parts cannot change.");
    const length = partLength(upload, part);
    const given = request.headers.get("content-length");
    if (request.body === null || (given !== null && Number(given) !== length))
      throw wrongLength(part, length);
    const etag = await store.putPart(upload, part, request.body, length);
    unwrap(await client.call("notePart", file, part, etag));
    return Response.json({ part }, { headers: NO_STORE });
  },
};

/** @throws DormouseError `invalid_query` */
function partSegment(text: string, parts: number): number {
  const part = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (part >= 1 && part <= parts) return part;
  throw new DormouseError("invalid_query", `Invalid part. This file has the parts 1 to ${parts}.`);
}
