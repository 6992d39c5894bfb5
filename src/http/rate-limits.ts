import type { Grant } from "../auth/grant.ts";
import { networkOf } from "../auth/network.ts";
import { DormouseError } from "../protocol/errors.ts";
import type { RouteRequest } from "./route.ts";

/** The binding counts by the minute. */
const RETRY_MS = 10_000;

/**
 * The key of a caller's rate limiter in a room. Guests count by address, because a client can make up any number of guest keys.
 */
export function rateKeyOf(grant: Grant, request: Request): string {
  return (grant.guest ? addressKeyOf(request) : undefined) ?? `member ${grant.member}`;
}

/** The key of a caller that is known by its address only; undefined where the platform names none. */
export function addressKeyOf(request: Request): string | undefined {
  const address = addressOf(request);
  return address === undefined ? undefined : `address ${address}`;
}

/**
 * Limits requests by client address. Does nothing where the deployment has no binding `JOINS`.
 * @throws DormouseError `rate_limited`
 */
export async function limitByAddress({ request, service }: RouteRequest): Promise<void> {
  const address = addressOf(request);
  if (service.joins === undefined || address === undefined) return;
  const { success } = await service.joins.limit({ key: address });
  if (success) return;
  throw new DormouseError("rate_limited", "Too many requests from this address. Try again later.", RETRY_MS);
}

/**
 * Limits a guest's publishes and signals by address, once for each room. A token has a rate limiter of its own in each room.
 * @throws DormouseError `rate_limited`
 */
export async function limitGuestByAddress(
  call: RouteRequest,
  { guest }: Grant,
  rooms: number,
): Promise<void> {
  if (!guest) return;
  for (let i = 0; i < rooms; i++) await limitByAddress(call);
}

function addressOf(request: Request): string | undefined {
  const address = request.headers.get("cf-connecting-ip");
  return address === null ? undefined : networkOf(address);
}
