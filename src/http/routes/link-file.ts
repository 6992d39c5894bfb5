import { fileLinkSchema } from "../../protocol/files.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { fileStoreOf } from "../files/file-store.ts";
import { fileSegment } from "../files/uploader.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

/** A link is valid for this long at most, and for three quarters of it at least: milliseconds. */
const LINK_MS = 3_600_000;

/** Links that are made within this time are the same, so that a browser does not load a file twice: milliseconds. */
const STEP_MS = LINK_MS / 4;

export const linkFile: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/files/{file}/link",
  id: "linkFile",
  summary: "Get a link to a file",
  description:
    "An address that reads the file without a credential for up to one hour, for players and images of a browser, which send no header. " +
    "`url` has no origin. Whoever has the link can read the file, so do not store it.",
  needs: "read",
  responses: [{ status: 200, description: "The link", content: { "application/json": fileLinkSchema } }],
  problems: ["not_found", "banned", "rate_limited"],
  async handle(call) {
    const { client, reader, settings } = await authorizeRead(call, "read");
    fileStoreOf(call.service, settings);
    const until = Math.floor(Date.now() / STEP_MS) * STEP_MS + LINK_MS;
    const { expires, signature } = unwrap(await client.call("linkFile", reader, fileSegment(call), until));
    const path = call.url.pathname.replace(/\/link$/, "");
    const url = `${path}?expires=${expires}&signature=${signature}`;
    return Response.json({ url, expiresAt: expires }, { headers: NO_STORE });
  },
};
