import { joinQuerySchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { MARKS, SUBPROTOCOL } from "../../protocol/limits.ts";
import { admissionRequest } from "../../rpc/admission.ts";
import { grantFor, roomRequestOf } from "../authorize.ts";
import { limitByAddress, rateKeyOf } from "../rate-limits.ts";
import { parseQuery } from "../request/query.ts";
import { upgradeOfferOf } from "../request/upgrade-offer.ts";
import type { RouteRequest } from "../route.ts";

/**
 * Opens a WebSocket to a room. Access is decided before the room is contacted.
 * @throws DormouseError
 */
export async function upgrade(call: RouteRequest): Promise<Response> {
  const { request, url } = call;
  const target = roomRequestOf(call);
  const { room, settings, client } = target;
  const { mode, credential } = upgradeOfferOf(request, url);
  if (mode === "plain" && !settings.plain) {
    const why = `Plain sockets are switched off. Offer the subprotocol ${SUBPROTOCOL}.`;
    throw new DormouseError("plain_off", why);
  }
  const { history = 0, cursor, attempt, features = "", ops } = parseQuery(url, joinQuerySchema);
  const grant = await grantFor(call, target, () => credential);
  if (grant.can.length === 0) {
    const why = grant.ownSignIn
      ? "You have no capability in this room. Ask the owner of the service for one."
      : "The token has no capability. Use a token whose claim can lists at least one.";
    throw new DormouseError("forbidden", why);
  }
  await limitByAddress(call);
  const rateKey = rateKeyOf(grant, request);
  return client.fetch(
    admissionRequest({
      grant,
      room,
      rateKey,
      mode,
      history,
      marks: features.split(",").includes(MARKS),
      ...(ops === undefined ? {} : { operations: true }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(attempt === undefined ? {} : { attempt }),
    }),
  );
}
