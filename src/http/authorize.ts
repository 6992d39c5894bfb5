import { authenticate, authenticateForRooms, requireCapability } from "../auth/authenticate.ts";
import { credentialOf } from "../auth/credential.ts";
import type { Grant } from "../auth/grant.ts";
import { networkOf } from "../auth/network.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { Capability } from "../protocol/down.ts";
import { roomName } from "../protocol/names.ts";
import type { Reader, RoomClient } from "../rpc/room-calls.ts";
import type { Settings } from "../settings/settings.ts";
import type { RouteRequest } from "./route.ts";
import type { Service } from "./service.ts";

/** The room of a call. Its client touches nothing until it is used. */
export type RoomCall = { room: string; settings: Settings; client: RoomClient };

/** The binding counts by the minute. */
const JOIN_RETRY_MS = 10_000;

/** @throws DormouseError `invalid_room` */
export function roomCallOf({ service, segment }: RouteRequest): RoomCall {
  const room = roomName(segment("room"));
  return { room, settings: service.settingsFor(room), client: service.roomNamed(room) };
}

/**
 * Authorizes a call that is not an upgrade. Everything that can refuse it here comes before the room is touched.
 * @param needed the capability that the caller must have; any will do where it is absent
 * @throws DormouseError `invalid_room`, `invalid_token`, `invalid_name`, `forbidden`
 */
export async function authorize(
  call: RouteRequest,
  needed?: Capability,
): Promise<RoomCall & { grant: Grant }> {
  const roomCall = roomCallOf(call);
  const grant = await grantOf(call, roomCall, () => credentialOf(call.request, call.url));
  if (needed !== undefined) requireCapability(grant, needed);
  return { ...roomCall, grant };
}

/** The grant of a client: by the deployment's own sign-in, or by its token or guest key. */
export async function grantOf(
  { request, url, service }: RouteRequest,
  { room, settings }: Pick<RoomCall, "room" | "settings">,
  credential: () => string | undefined,
): Promise<Grant> {
  if (service.authenticate !== undefined) return await service.authenticate(request, room);
  return await authenticate(room, credential(), nameOf(url), settings);
}

/** One grant that holds in several rooms. */
export async function grantForRooms(
  { request, url, service }: RouteRequest,
  rooms: readonly string[],
  credential: string | undefined,
): Promise<Grant> {
  if (service.authenticate === undefined)
    return await authenticateForRooms(rooms, credential, nameOf(url), service.settingsFor());
  let first: Grant | undefined;
  for (const room of rooms) {
    const grant = await service.authenticate(request, room);
    requireCapability(grant, "publish");
    first ??= grant;
  }
  if (first === undefined) throw new DormouseError("invalid_room", "The call names no room.");
  return first;
}

/** Authorizes a call that reads: it is limited by address, and charged in the room, unless its token has `admin`. */
export async function authorizeRead(
  call: RouteRequest,
  needed?: Capability,
): Promise<RoomCall & { grant: Grant; reader: Reader }> {
  const authorized = await authorize(call, needed);
  const { member, can } = authorized.grant;
  if (can.includes("admin")) return { ...authorized, reader: { member } };
  await limitJoins(call.request, call.service);
  return { ...authorized, reader: { member, rateKey: rateKeyOf(authorized.grant, call.request) } };
}

export function nameOf(url: URL): string | undefined {
  return url.searchParams.get("name") || undefined;
}

/** The key of a client's rate limits. Anybody can make up another guest key, so guests share the key of their address. */
export function rateKeyOf(grant: Grant, request: Request): string {
  const address = addressOf(request);
  return grant.guest && address !== undefined ? `address ${address}` : `member ${grant.member}`;
}

/** @throws DormouseError `rate_limited` */
export async function limitJoins(request: Request, { joins }: Service): Promise<void> {
  const address = addressOf(request);
  if (joins === undefined || address === undefined) return;
  const { success } = await joins.limit({ key: address });
  if (!success) throw new DormouseError("rate_limited", "Too many visits from this address.", JOIN_RETRY_MS);
}

/** Limits posts of guests by address, like joins. A token has a limit of its own in each room. */
export async function limitGuestPosts(
  request: Request,
  service: Service,
  { guest }: Grant,
  rooms: number,
): Promise<void> {
  if (!guest) return;
  for (let i = 0; i < rooms; i++) await limitJoins(request, service);
}

function addressOf(request: Request): string | undefined {
  const address = request.headers.get("cf-connecting-ip");
  return address === null ? undefined : networkOf(address);
}
