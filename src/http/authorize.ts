import { authenticate, requireCapability } from "../auth/authenticate.ts";
import { credentialOf } from "../auth/credential.ts";
import type { Grant } from "../auth/grant.ts";
import { networkOf } from "../auth/network.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { Capability } from "../protocol/down.ts";
import { roomName } from "../protocol/names.ts";
import type { Reader } from "../rpc/reader.ts";
import { type Settings, settingsOf } from "../settings/settings.ts";

type RoomStub = ReturnType<Env["ROOMS"]["getByName"]>;

/** The room that a call is for. Its stub touches nothing until it is used. */
export type RoomCall = { url: URL; room: string; settings: Settings; stub: RoomStub };

/** The binding counts by the minute. */
const JOIN_RETRY_MS = 10_000;

export function roomCallOf(request: Request, env: Env): RoomCall {
  const url = new URL(request.url);
  const settings = settingsOf(env);
  const room = roomOf(url);
  return { url, room, settings, stub: env.ROOMS.getByName(room) };
}

/** A call that is no upgrade, by somebody who has this capability. All that can refuse it comes before the room is touched. */
export async function authorize(
  request: Request,
  env: Env,
  needed: Capability,
): Promise<RoomCall & { grant: Grant }> {
  const visit = roomCallOf(request, env);
  const { url, room, settings } = visit;
  const grant = await authenticate(room, credentialOf(request, url), nameOf(url), settings);
  requireCapability(grant, needed);
  return { ...visit, grant };
}

/** The same for a call that reads: limited by its address, and paid for in the room, but for a token with `admin`. */
export async function authorizeRead(
  request: Request,
  env: Env,
  needed: Capability,
): Promise<RoomCall & { grant: Grant; reader: Reader }> {
  const caller = await authorize(request, env, needed);
  const { member, can } = caller.grant;
  if (can.includes("admin")) return { ...caller, reader: { member } };
  await limitJoins(request, env);
  return { ...caller, reader: { member, rateKey: rateKeyOf(caller.grant, request) } };
}

export function nameOf(url: URL): string | undefined {
  return url.searchParams.get("name") || undefined;
}

/** Under what somebody's debts are kept: anybody may make up another guest key, so a guest's are those of the address. */
export function rateKeyOf(grant: Grant, request: Request): string {
  const address = addressOf(request);
  return grant.guest && address !== undefined ? `address ${address}` : `member ${grant.member}`;
}

/**
 * Where a deployment has the binding; without it, nothing is limited by address.
 * @throws DormouseError `rate_limited`
 */
export async function limitJoins(request: Request, env: Env): Promise<void> {
  const address = addressOf(request);
  if (env.JOINS === undefined || address === undefined) return;
  const { success } = await env.JOINS.limit({ key: address });
  if (!success) throw new DormouseError("rate_limited", "Too many visits from this address.", JOIN_RETRY_MS);
}

/** Whoever posts visits a room, too. A guest may call itself anything, so its address counts; a token has its own bucket in each room. */
export async function limitGuestPosts(
  request: Request,
  env: Env,
  { guest }: Grant,
  rooms: number,
): Promise<void> {
  if (!guest) return;
  for (let i = 0; i < rooms; i++) await limitJoins(request, env);
}

function addressOf(request: Request): string | undefined {
  const address = request.headers.get("cf-connecting-ip");
  return address === null ? undefined : networkOf(address);
}

/** The name is taken from the address itself: it is percent-decoded once, and judged as it then stands. */
function roomOf(url: URL): string {
  return roomName(url.pathname.split("/")[3] ?? "");
}
