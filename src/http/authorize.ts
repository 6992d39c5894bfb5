import { authenticate, requireCapability } from "../auth/authenticate.ts";
import { credentialOf } from "../auth/credential.ts";
import type { Grant } from "../auth/grant.ts";
import { checkOrigin } from "../auth/origin.ts";
import type { Capability } from "../protocol/down.ts";
import { roomName } from "../protocol/names.ts";
import type { Reader, RoomClient } from "../rpc/room-calls.ts";
import type { Settings } from "../settings/settings.ts";
import { limitByAddress, rateKeyOf } from "./rate-limits.ts";
import type { RouteRequest } from "./route.ts";
import { timingOf } from "./server-timing.ts";
import type { Service } from "./service.ts";

/** The room of a request. The client contacts the room only when a call is made. */
export type RoomRequest = { room: string; settings: Settings; client: RoomClient };
export type AuthorizedRoom = RoomRequest & { grant: Grant };

/** @throws DormouseError `invalid_room` */
export function roomRequestOf({ request, service, segment }: RouteRequest): RoomRequest {
  return roomRequest(request, service, roomName(segment("room")));
}

function roomRequest(request: Request, service: Service, room: string): RoomRequest {
  const client = service.roomNamed(room).within((call) => timingOf(request).measure("room", call));
  return { room, settings: service.settingsFor(room), client };
}

/**
 * Authenticates the caller of a request that is not an upgrade, and checks one capability. It does not contact the room.
 * @param needed absent where any capability will do
 * @throws DormouseError `invalid_room`, `invalid_name`, `invalid_token`, `forbidden`
 */
export async function authorize(call: RouteRequest, needed?: Capability): Promise<AuthorizedRoom> {
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
  return await timingOf(request).measure("auth", () =>
    service.authenticate === undefined
      ? authenticate([room], credential(), requestedName(url), settings)
      : service.authenticate(request, room),
  );
}

/**
 * Authorizes a caller to publish in several rooms. In each of them, that room's own settings decide.
 * @param rooms valid names
 * @throws DormouseError `origin_refused`, `invalid_name`, `invalid_token`, `forbidden`
 */
export async function authorizePublish(
  call: RouteRequest,
  rooms: readonly string[],
  credential: () => string | undefined,
): Promise<AuthorizedRoom[]> {
  return await timingOf(call.request).measure("auth", () => publishersIn(call, rooms, credential));
}

async function publishersIn(
  { request, url, service }: RouteRequest,
  rooms: readonly string[],
  credential: () => string | undefined,
): Promise<AuthorizedRoom[]> {
  const targets = rooms.map((room) => roomRequest(request, service, room));
  for (const { settings } of targets) checkOrigin(request, settings.allowedOrigins);
  const { authenticate: ownSignIn } = service;
  if (ownSignIn !== undefined) {
    const [first, ...others] = targets;
    if (first === undefined) return [];
    const grantIn = async (target: RoomRequest) => publisher(target, await ownSignIn(request, target.room));
    // A caller without a valid credential costs one call. The others run at once, so all of them take as long as the slowest.
    return [await grantIn(first), ...(await Promise.all(others.map(grantIn)))];
  }
  // The grant is the same in rooms with the same settings.
  const groups = Map.groupBy(targets, ({ settings }) => JSON.stringify([settings.auth, settings.nameChars]));
  const grants = new Map<RoomRequest, Grant>();
  for (const group of groups.values()) {
    const [{ settings }] = group as [RoomRequest];
    const names = group.map(({ room }) => room);
    const grant = await authenticate(names, credential(), requestedName(url), settings);
    for (const target of group) grants.set(target, grant);
  }
  return targets.map((target) => publisher(target, grants.get(target) as Grant));
}

/** @throws DormouseError `forbidden` */
function publisher(target: RoomRequest, grant: Grant): AuthorizedRoom {
  requireCapability(grant, "publish", target.room);
  return { ...target, grant };
}

/**
 * Does the same as `authorize` for a request that reads from the room. Reads are limited by address here and by `reader` in the room; a
 * token with `admin` has no limit.
 * @throws DormouseError the codes of `authorize`, and `rate_limited`
 */
export async function authorizeRead(
  call: RouteRequest,
  needed?: Capability,
): Promise<AuthorizedRoom & { reader: Reader }> {
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
