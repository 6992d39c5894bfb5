import { authenticate, authenticateForRooms, requireCapability } from "../auth/authenticate.ts";
import { credentialOf } from "../auth/credential.ts";
import type { Grant } from "../auth/grant.ts";
import type { Capability } from "../protocol/down.ts";
import { DormouseError } from "../protocol/errors.ts";
import { roomName } from "../protocol/names.ts";
import type { Reader, RoomClient } from "../rpc/room-calls.ts";
import type { Settings } from "../settings/settings.ts";
import { limitByAddress, rateKeyOf } from "./rate-limits.ts";
import type { RouteRequest } from "./route.ts";

/** The room of a request. The client contacts the room only when a call is made. */
export type RoomRequest = { room: string; settings: Settings; client: RoomClient };

/** @throws DormouseError `invalid_room` */
export function roomRequestOf({ service, segment }: RouteRequest): RoomRequest {
  const room = roomName(segment("room"));
  return { room, settings: service.settingsFor(room), client: service.roomNamed(room) };
}

/**
 * Authenticates the caller of a request that is not an upgrade, and checks one capability. It does not contact the room.
 * @param needed absent where any capability will do
 * @throws DormouseError `invalid_room`, `invalid_name`, `invalid_token`, `forbidden`
 */
export async function authorize(
  call: RouteRequest,
  needed?: Capability,
): Promise<RoomRequest & { grant: Grant }> {
  const target = roomRequestOf(call);
  const grant = await grantFor(call, target, () => credentialOf(call.request, call.url));
  if (needed !== undefined) requireCapability(grant, needed);
  return { ...target, grant };
}

/**
 * The grant of a caller: by the deployment's own sign-in, or by its token or guest key.
 * @throws DormouseError `invalid_name`, `invalid_token`, `forbidden`
 */
export async function grantFor(
  { request, url, service }: RouteRequest,
  { room, settings }: Pick<RoomRequest, "room" | "settings">,
  credential: () => string | undefined,
): Promise<Grant> {
  if (service.authenticate !== undefined) return await service.authenticate(request, room);
  return await authenticate(room, credential(), requestedName(url), settings);
}

/**
 * One grant for several rooms, in each of which the caller may publish.
 * @throws DormouseError `invalid_name`, `invalid_token`, `forbidden`
 */
export async function grantForRooms(
  { request, url, service }: RouteRequest,
  rooms: readonly string[],
  credential: string | undefined,
): Promise<Grant> {
  if (service.authenticate === undefined) {
    const grant = await authenticateForRooms(rooms, credential, requestedName(url), service.settingsFor());
    requireCapability(grant, "publish");
    return grant;
  }
  let first: Grant | undefined;
  for (const room of rooms) {
    const grant = await service.authenticate(request, room);
    requireCapability(grant, "publish");
    first ??= grant;
  }
  if (first === undefined)
    throw new DormouseError("invalid_room", "The body names no room. Name at least one.");
  return first;
}

/**
 * Does the same as `authorize` for a request that reads from the room. Reads are limited by address here and by `reader` in the room; a
 * token with `admin` has no limit.
 * @throws DormouseError the codes of `authorize`, and `rate_limited`
 */
export async function authorizeRead(
  call: RouteRequest,
  needed?: Capability,
): Promise<RoomRequest & { grant: Grant; reader: Reader }> {
  const authorized = await authorize(call, needed);
  const { member, can } = authorized.grant;
  if (can.includes("admin")) return { ...authorized, reader: { member } };
  await limitByAddress(call);
  return { ...authorized, reader: { member, rateKey: rateKeyOf(authorized.grant, call.request) } };
}

/** The name that a guest asks for in the query. */
export function requestedName(url: URL): string | undefined {
  return url.searchParams.get("name") || undefined;
}
