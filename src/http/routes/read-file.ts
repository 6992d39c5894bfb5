import * as v from "valibot";
import { DormouseError } from "../../protocol/errors.ts";
import { readFileQuerySchema } from "../../protocol/files.ts";
import type { FileQuery } from "../../rpc/file-calls.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead, type RoomRequest, roomRequestOf } from "../authorize.ts";
import { byteRange } from "../files/byte-range.ts";
import { fileHeaders } from "../files/file-headers.ts";
import { fileStoreOf } from "../files/file-store.ts";
import { fileSegment } from "../files/uploader.ts";
import { addressKeyOf, limitByAddress } from "../rate-limits.ts";
import { clientHas } from "../request/etags.ts";
import { parseQuery } from "../request/query.ts";
import type { Route, RouteRequest } from "../route.ts";

export const readFile: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/files/{file}",
  id: "readFile",
  summary: "Read a file",
  description:
    "The bytes of a published file, or a range of them. Images, audio and video whose bytes are of their type are shown by browsers; " +
    "everything else is a download of the type `application/octet-stream`. A link of `POST …/link` needs no credential.",
  needs: "read",
  query: readFileQuerySchema,
  headers: {
    Range: "One range of bytes (RFC 9110, section 14).",
    "If-Range": "An `ETag`: the range applies to that version only.",
    "If-None-Match": "The `ETag` of a file that you have.",
  },
  responses: [
    {
      status: 200,
      description: "The file",
      content: { "application/octet-stream": v.blob() },
      headers: {
        ETag: "The identity of these bytes",
        "Content-Disposition": "The name of the file, and whether browsers show or save it",
      },
    },
    { status: 206, description: "A range of it", content: { "application/octet-stream": v.blob() } },
    { status: 304, description: "You have this file" },
    { status: 416, description: "The file has nothing of this range" },
  ],
  problems: ["invalid_query", "not_found", "banned", "rate_limited"],
  async handle(call) {
    const { request } = call;
    const { client, query, settings } = await authorizeFile(call);
    const store = fileStoreOf(call.service, settings);
    const file = unwrap(await client.call("readFile", query));
    const headers = fileHeaders(file);
    const { etag = "" } = headers;
    if (clientHas(request, etag)) return new Response(null, { status: 304, headers });
    const isSame = (request.headers.get("if-range") ?? etag) === etag;
    const range = isSame ? byteRange(request.headers.get("range"), file.size) : undefined;
    if (range === null)
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${file.size}` } });
    const { offset, length } = range ?? { offset: 0, length: file.size };
    const status = range === undefined ? 200 : 206;
    headers["content-length"] = String(length);
    if (range !== undefined) headers["content-range"] = `bytes ${offset}-${offset + length - 1}/${file.size}`;
    if (request.method === "HEAD") return new Response(null, { status, headers });
    const body = await store.read(file.key, { offset, length });
    if (body === null) throw new DormouseError("not_found", "The file is gone from the store.");
    return new Response(body, { status, headers });
  },
};

/** Whoever may read the room may read its files, and so may anyone with a link. */
async function authorizeFile(
  call: RouteRequest,
): Promise<Pick<RoomRequest, "client" | "settings"> & { query: FileQuery }> {
  const { expires, signature } = parseQuery(call.url, readFileQuerySchema);
  if (signature === undefined) {
    const { client, settings, reader } = await authorizeRead(call, "read");
    return { client, settings, query: { ...reader, file: fileSegment(call) } };
  }
  const { client, settings } = roomRequestOf(call);
  await limitByAddress(call);
  const rateKey = addressKeyOf(call.request);
  const link = { expires: Number(expires), signature };
  return {
    client,
    settings,
    query: { file: fileSegment(call), link, ...(rateKey === undefined ? {} : { rateKey }) },
  };
}
