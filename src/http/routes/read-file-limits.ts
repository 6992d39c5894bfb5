import { fileLimitsSchema } from "../../protocol/files.ts";
import { authorize } from "../authorize.ts";
import { fileStoreOf } from "../files/file-store.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const readFileLimits: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/files",
  id: "readFileLimits",
  summary: "Read which files a room takes",
  description:
    "The largest size in bytes, the size of a part, and the media types: `*`, or a list such as `image/*`.",
  needs: "publish",
  responses: [{ status: 200, description: "The limits", content: { "application/json": fileLimitsSchema } }],
  problems: ["not_found"],
  async handle(call) {
    const { settings } = await authorize(call, "publish");
    fileStoreOf(call.service, settings);
    const { fileBytes: maxBytes, filePartBytes: partBytes, fileTypes } = settings;
    const types = fileTypes === "*" ? ["*"] : fileTypes;
    return Response.json({ maxBytes, partBytes, types }, { headers: NO_STORE });
  },
};
