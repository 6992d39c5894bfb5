import { openUploadSchema } from "../../protocol/files.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeUpload, fileSegment, partsOf, UPLOAD_PROBLEMS } from "../files/uploader.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const readUpload: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/files/{file}/upload",
  id: "readUpload",
  summary: "Read the state of an upload",
  description:
    "`have` lists the parts that are stored, so that an upload can go on after a cut. Only the member who began it may ask.",
  needs: "publish",
  responses: [{ status: 200, description: "The upload", content: { "application/json": openUploadSchema } }],
  problems: UPLOAD_PROBLEMS,
  async handle(call) {
    const { client, by } = await authorizeUpload(call);
    const file = fileSegment(call);
    const upload = unwrap(await client.call("uploadOf", by, file));
    const { name, type, size, partBytes, parts, expiresAt, etag } = upload;
    const count = partsOf(upload);
    const all = Array.from({ length: count }, (_, i) => i + 1);
    const have = etag === undefined ? parts.map(({ part }) => part) : all;
    const state = { file, partBytes, parts: count, name, type, size, have, expiresAt };
    return Response.json(state, { headers: NO_STORE });
  },
};
