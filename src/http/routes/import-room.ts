import * as v from "valibot";
import { importedSchema } from "../../protocol/operator-api.ts";
import { authorize } from "../authorize.ts";
import { mediaTypeOf } from "../request/body.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";
import { importStream } from "../transfer/import-stream.ts";
import { NDJSON } from "./export-room.ts";

export const importRoom: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/import",
  id: "importRoom",
  summary: "Import the messages of a room",
  description:
    "Takes what an export gives, into a room without messages. All of it is imported, or nothing: a wrong line is refused with its number and " +
    "the reason. Authors, times and seqs stay; the room has a new epoch, and its sockets are closed with 4010. No hook and no webhook learns " +
    "of imported messages. The retention of the room applies to them.",
  needs: "admin",
  body: { [NDJSON]: v.string() },
  responses: [{ status: 201, description: "Imported", content: { "application/json": importedSchema } }],
  problems: ["bad_json", "invalid_event", "too_big", "unsupported_type", "not_empty", "epoch_changed"],
  async handle(call) {
    const { request } = call;
    const { client, settings } = await authorize(call, "admin");
    mediaTypeOf(request, [NDJSON]);
    const body = (request.body ?? []) as AsyncIterable<Uint8Array>;
    const imported = await importStream(body, client, settings.messageBytes);
    return Response.json(imported, { status: 201, headers: NO_STORE });
  },
};
