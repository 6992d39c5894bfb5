import { DormouseError } from "../../protocol/errors.ts";
import { fileName, mediaType } from "../../protocol/file-names.ts";
import { beginFileSchema, begunUploadSchema } from "../../protocol/files.ts";
import { nameQuerySchema } from "../../protocol/name-query.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { allowsFileType } from "../../settings/files.ts";
import type { Settings } from "../../settings/settings.ts";
import { authorizeUpload, partsOf, UPLOAD_PROBLEMS } from "../files/uploader.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

/** Upper limit of what describes a file: bytes of JSON. A name that is longer than the room keeps is cut, and not refused. */
const ABOUT_BYTES = 65_536;

export const beginFile: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/files",
  id: "beginFile",
  summary: "Begin to upload a file",
  description:
    "Answers with the id of the file and the size of its parts. Size and type are checked before any byte is sent. The name is cleaned: it " +
    "loses its path, control characters, and all but its last 120 characters. An upload that gets no part for 24 hours is removed.",
  needs: "publish",
  query: nameQuerySchema,
  body: { "application/json": beginFileSchema },
  responses: [
    { status: 201, description: "The upload began", content: { "application/json": begunUploadSchema } },
  ],
  problems: [...UPLOAD_PROBLEMS, "bad_json", "invalid_event", "too_big", "unsupported_type"],
  async handle(call) {
    const { request } = call;
    const { client, settings, store, by } = await authorizeUpload(call);
    mediaTypeOf(request, ["application/json"]);
    const about = parseBody(beginFileSchema, await readJson(request, ABOUT_BYTES));
    const { size, width, height } = about;
    const type = checkedType(about.type ?? "", settings);
    checkSize(size, settings);
    const { filePartBytes: partBytes } = settings;
    const sides = width === undefined || height === undefined ? {} : { width, height };
    const described = { name: fileName(about.name), type, size, ...sides, partBytes };
    const { file, key } = unwrap(await client.call("beginFile", by, described));
    const upload = await store.begin(key);
    const opened = await client.call("openFile", file, upload);
    // The room was erased meanwhile.
    if ("refusal" in opened) await store.abort(key, upload);
    unwrap(opened);
    const begun = { file, partBytes, parts: partsOf({ size, partBytes }) };
    return Response.json(begun, { status: 201, headers: NO_STORE });
  },
};

/** @throws DormouseError `unsupported_type` */
function checkedType(raw: string, { fileTypes }: Settings): string {
  const type = mediaType(raw);
  if (type !== undefined && allowsFileType(fileTypes, type)) return type;
  if (type === undefined || fileTypes === "*")
    throw new DormouseError(
      "unsupported_type",
      "The type of the file is not a media type. Send one such as image/png.",
    );
  const why = `Files of the type ${type} are not taken. Allowed are: ${fileTypes.join(", ")}.`;
  throw new DormouseError("unsupported_type", why);
}

/** @throws DormouseError `too_big` */
function checkSize(size: number, { fileBytes }: Settings): void {
  if (size <= fileBytes) return;
  throw new DormouseError("too_big", `The file has ${size} bytes. A file has at most ${fileBytes} bytes.`);
}
