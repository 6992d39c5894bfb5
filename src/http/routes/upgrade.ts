import { authenticate } from "../../auth/authenticate.ts";
import { upgradeOfferOf } from "../../auth/credential.ts";
import { admissionRequest } from "../../auth/grant.ts";
import { joinQuerySchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/codes.ts";
import { MARKS } from "../../protocol/limits.ts";
import { limitJoins, nameOf, rateKeyOf, roomCallOf } from "../authorize.ts";
import { queryOf } from "../request/query.ts";

/** Whether a request asks for a WebSocket (RFC 6455, section 4.2.1). */
export function isUpgrade(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Everything about who comes in is settled here, before the room is touched. */
export async function upgrade(request: Request, env: Env): Promise<Response> {
  const { url, room, settings, stub } = roomCallOf(request, env);
  const { mode, credential } = upgradeOfferOf(request, url);
  if (mode === "plain" && !settings.plain) {
    throw new DormouseError(
      "plain_off",
      "This service takes no plain sockets: offer the subprotocol dormouse.v1.",
    );
  }
  const { history = 0, cursor, features = "" } = queryOf(url, joinQuerySchema);
  const grant = await authenticate(room, credential, nameOf(url), settings);
  if (grant.can.length === 0) throw new DormouseError("forbidden", "The token holds no capability.");
  await limitJoins(request, env);
  const rateKey = rateKeyOf(grant, request);
  return stub.fetch(
    admissionRequest({
      grant,
      room,
      rateKey,
      mode,
      history,
      marks: features.split(",").includes(MARKS),
      ...(cursor === undefined ? {} : { cursor }),
    }),
  );
}
