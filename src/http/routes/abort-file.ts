import { unwrap } from "../../rpc/outcome.ts";
import { authorizeUpload, fileSegment, UPLOAD_PROBLEMS } from "../files/uploader.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const abortFile: Route = {
  method: "DELETE",
  path: "/v1/rooms/{room}/files/{file}",
  id: "abortFile",
  summary: "End an upload",
  description:
    "Removes what was uploaded. A file that is published is deleted with its message. Only the member who began the upload may end it.",
  needs: "publish",
  responses: [{ status: 204, description: "The upload is gone" }],
  problems: [...UPLOAD_PROBLEMS, "invalid_event"],
  async handle(call) {
    const { client, by } = await authorizeUpload(call);
    unwrap(await client.call("abortFile", by, fileSegment(call)));
    return new Response(null, { status: 204, headers: NO_STORE });
  },
};
