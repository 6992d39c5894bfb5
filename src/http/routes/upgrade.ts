import { upgradeOfferOf } from "../../auth/credential.ts";
import { joinQuerySchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/codes.ts";
import { MARKS } from "../../protocol/limits.ts";
import { admissionRequest } from "../../rpc/admission.ts";
import { grantOf, limitJoins, rateKeyOf, roomCallOf } from "../authorize.ts";
import { queryOf } from "../request/query.ts";
import type { RouteRequest } from "../route.ts";

/** Whether a request asks for a WebSocket (RFC 6455, section 4.2.1). */
export function isUpgrade(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Admits an upgrade. Everything that can refuse it here comes before the room is touched. */
export async function upgrade(call: RouteRequest): Promise<Response> {
  const { request, url, service } = call;
  const roomCall = roomCallOf(call);
  const { room, settings, client } = roomCall;
  const { mode, credential } = upgradeOfferOf(request, url);
  if (mode === "plain" && !settings.plain) {
    throw new DormouseError(
      "plain_off",
      "This service does not accept plain sockets. Offer the subprotocol dormouse.v1.",
    );
  }
  const { history = 0, cursor, features = "" } = queryOf(url, joinQuerySchema);
  const grant = await grantOf(call, roomCall, () => credential);
  if (grant.can.length === 0) throw new DormouseError("forbidden", "The token holds no capability.");
  await limitJoins(request, service);
  const rateKey = rateKeyOf(grant, request);
  return client.fetch(
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
