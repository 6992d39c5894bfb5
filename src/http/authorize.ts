import { authenticate, requireCapability } from "../auth/authenticate.ts";
import { credentialOf } from "../auth/credential.ts";
import type { Grant } from "../auth/grant.ts";
import type { Capability } from "../protocol/down.ts";
import { roomName } from "../protocol/names.ts";
import type { Reader, RoomCalls } from "../rpc/room-calls.ts";
import { type Settings, settingsOf } from "../settings/settings.ts";
import { limitByAddress, rateKeyOf } from "./rate-limits.ts";

/** A room by RPC. The stub contacts the room only when a method is called. */
export type RoomStub = DurableObjectStub<RoomCalls & Rpc.DurableObjectBranded>;

/** A request for one room. */
export type RoomRequest = { url: URL; room: string; settings: Settings; stub: RoomStub };

/** @throws DormouseError `invalid_room` */
export function roomRequestOf(request: Request, env: Env): RoomRequest {
  const url = new URL(request.url);
  const settings = settingsOf(env);
  const room = roomIn(url);
  return { url, room, settings, stub: env.ROOMS.getByName(room) };
}

/**
 * Authenticates the caller of a request that is not an upgrade, and checks one capability. It does not contact the room.
 * @throws DormouseError `invalid_room`, `invalid_name`, `invalid_token`, `forbidden`
 */
export async function authorize(
  request: Request,
  env: Env,
  needed: Capability,
): Promise<RoomRequest & { grant: Grant }> {
  const target = roomRequestOf(request, env);
  const { url, room, settings } = target;
  const grant = await authenticate(room, credentialOf(request, url), requestedName(url), settings);
  requireCapability(grant, needed);
  return { ...target, grant };
}

/**
 * Does the same for a request that reads from the room. Reads are limited by address here and by `reader` in the room; a token with
 * `admin` has no limit.
 * @throws DormouseError the codes of `authorize`, and `rate_limited`
 */
export async function authorizeRead(
  request: Request,
  env: Env,
  needed: Capability,
): Promise<RoomRequest & { grant: Grant; reader: Reader }> {
  const authorized = await authorize(request, env, needed);
  const { member, can } = authorized.grant;
  if (can.includes("admin")) return { ...authorized, reader: { member } };
  await limitByAddress(request, env);
  return { ...authorized, reader: { member, rateKey: rateKeyOf(authorized.grant, request) } };
}

/** The name that a guest asks for in the query. */
export function requestedName(url: URL): string | undefined {
  return url.searchParams.get("name") || undefined;
}

/** Taken from the URL itself, so that the name is percent-decoded exactly once. */
function roomIn(url: URL): string {
  return roomName(url.pathname.split("/")[3] ?? "");
}
