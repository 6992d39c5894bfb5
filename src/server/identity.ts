import * as v from "valibot";
import type { Grant } from "../auth/grant.ts";
import { DormouseError } from "../protocol/codes.ts";
import { capabilitySchema } from "../protocol/down.ts";
import { MEMBER_CHARS } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";
import type { Capability } from "../protocol/types.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { waitAtMost } from "../time/time-limit.ts";

/** `claims` as JSON: bytes. They are stored with each connection. */
const CLAIMS_BYTES = 2048;

/** An `until` in seconds is told from one in milliseconds by how near it is to now: 20 years. */
const SECONDS_RANGE_MS = 20 * 365 * 86_400_000;

/** `authenticate` must answer within this time: milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * A client, as `authenticate` knows it.
 *
 * - `member`: its stable id, 1 to 128 characters. All connections with the same id are one member.
 * - `name`: its name for others, cut to `NAME_CHARS`; the id if absent or blank.
 * - `can`: its capabilities in the room (docs/ACCESS.md). `admin` includes `moderate` and no other: a member who reads needs `read` as well.
 * - `claims`: anything else that hooks need: an object, stored as JSON of at most 2,048 bytes.
 * - `until`: when its session ends, in milliseconds as of `Date.now()`; absent where it does not. The `exp` of a JWT is in seconds.
 */
export type Identity = {
  member: string;
  name?: string;
  can: readonly Capability[];
  claims?: Record<string, unknown>;
  until?: number;
};

const CONTROLS = /\p{Cc}+/gu;

const claimsSchema = v.record(v.string(), v.unknown());

const identitySchema = v.object({
  member: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(MEMBER_CHARS),
    v.regex(/^\P{Cc}*$/u),
    v.check((member) => member.isWellFormed() && member !== "." && member !== ".."),
  ),
  name: v.optional(v.string()),
  can: v.array(capabilitySchema),
  claims: v.optional(claimsSchema),
  until: v.optional(v.pipe(v.number(), v.finite())),
});

/**
 * @internal
 * The grant of a client by the deployment's own `authenticate`.
 * @throws DormouseError `invalid_token` where it does not know the client, `hook_failed` where it throws or answers nonsense,
 *   `unavailable` where it takes too long
 */
export async function grantByIdentity(
  authenticate: () => Identity | null | Promise<Identity | null>,
  nameChars: number,
  room?: string,
): Promise<Grant> {
  try {
    return grantOf(await withTimeout(authenticate), nameChars);
  } catch (error) {
    if (error instanceof DormouseError) throw error;
    isolateTelemetry.fault("deployment_failed", "authenticate", error, room);
    throw new DormouseError(
      "hook_failed",
      "The server's authenticate failed. The log of the server has the reason.",
    );
  }
}

/** @throws DormouseError `invalid_token`, or any other error where the identity is nonsense */
function grantOf(identity: unknown, nameChars: number): Grant {
  if (identity === null || identity === undefined)
    throw new DormouseError("invalid_token", "Sign in to use this room.");
  const checked = v.safeParse(identitySchema, identity);
  if (!checked.success) {
    const field = v.getDotPath(checked.issues[0]) ?? "it";
    throw new TypeError(
      `authenticate must return { member, name?, can, claims?, until? }: ${field} is wrong.`,
    );
  }
  const { member, name = "", can, claims, until } = checked.output;
  if (until !== undefined && isInSeconds(until))
    throw new RangeError(
      `authenticate returned until: ${until}, which is in seconds. Return milliseconds: multiply it by 1000.`,
    );
  if (until !== undefined && until <= Date.now())
    throw new DormouseError("invalid_token", "Your sign-in has ended. Sign in again.");
  return {
    member,
    name: cutName(name, nameChars) || cutName(member, nameChars) || member,
    can,
    guest: false,
    ownSignIn: true,
    ...(claims === undefined ? {} : { claims: plainClaims(claims) }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whether a time that is long past in milliseconds is of these years in seconds, such as the `exp` of a JWT. */
function isInSeconds(until: number): boolean {
  return Math.abs(until * 1000 - Date.now()) < SECONDS_RANGE_MS;
}

/** The client did not choose the name and cannot mend it, so it is made to fit. Empty where nothing is left. */
function cutName(name: string, nameChars: number): string {
  const printable = name.toWellFormed().normalize("NFC").replaceAll(CONTROLS, " ").trim();
  return [...printable].slice(0, nameChars).join("").trim();
}

/** The claims as the room will have them. @throws where they are no JSON object, or too big */
function plainClaims(claims: object): Record<string, unknown> {
  const json: string | undefined = JSON.stringify(claims);
  const plain = v.safeParse(claimsSchema, json === undefined ? undefined : JSON.parse(json));
  if (!plain.success) throw new TypeError("claims must be an object that JSON can carry.");
  const bytes = utf8Length(json);
  if (bytes <= CLAIMS_BYTES) return plain.output;
  throw new RangeError(`claims have at most ${CLAIMS_BYTES} bytes as JSON; these have ${bytes}.`);
}

/** @throws DormouseError `unavailable`, and whatever it throws */
async function withTimeout(authenticate: () => unknown): Promise<unknown> {
  return await waitAtMost(TIMEOUT_MS, (async () => await authenticate())(), () => {
    throw new DormouseError("unavailable", "Signing in takes too long. Try again later.");
  });
}
