import * as v from "valibot";
import type { Grant } from "../auth/grant.ts";
import { DormouseError } from "../protocol/codes.ts";
import { capabilitySchema } from "../protocol/down.ts";
import { MEMBER_CHARS } from "../protocol/limits.ts";
import { displayName } from "../protocol/names.ts";
import { utf8Length } from "../protocol/text.ts";
import type { Capability } from "../protocol/types.ts";

/** `claims` as JSON: bytes. They are kept with each connection. */
const CLAIMS_BYTES = 2048;

/** `authenticate` must answer within this time: milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * A client, as `authenticate` knows it.
 *
 * - `member`: its stable id, 1 to 128 characters. All connections with the same id are one member.
 * - `name`: its name for others; the id if absent.
 * - `can`: its capabilities in the room. `admin` includes all others.
 * - `claims`: anything else that hooks need, at most 2,048 bytes as JSON.
 * - `until`: when its session ends, in milliseconds; absent where it does not.
 */
export type Identity = {
  member: string;
  name?: string;
  can: readonly Capability[];
  claims?: Record<string, unknown>;
  until?: number;
};

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
  claims: v.optional(v.record(v.string(), v.unknown())),
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
): Promise<Grant> {
  const identity = await withTimeout(authenticate);
  if (identity === null || identity === undefined)
    throw new DormouseError("invalid_token", "Sign in to use this room.");
  const checked = v.safeParse(identitySchema, identity);
  if (!checked.success) {
    const field = v.getDotPath(checked.issues[0]) ?? "it";
    throw failed(
      new TypeError(`authenticate must return { member, name?, can, claims?, until? }: ${field} is wrong.`),
    );
  }
  const { member, name = member, can, claims, until } = checked.output;
  const bytes = claims === undefined ? 0 : utf8Length(JSON.stringify(claims));
  if (bytes > CLAIMS_BYTES)
    throw failed(new RangeError(`claims have at most ${CLAIMS_BYTES} bytes as JSON; these have ${bytes}.`));
  if (until !== undefined && until <= Date.now())
    throw new DormouseError("invalid_token", "Your sign-in has ended. Sign in again.");
  return {
    member,
    name: displayName([...name].slice(0, nameChars).join(""), nameChars),
    can,
    guest: false,
    ownSignIn: true,
    ...(claims === undefined ? {} : { claims }),
    ...(until === undefined ? {} : { until }),
  };
}

async function withTimeout(
  authenticate: () => Identity | null | Promise<Identity | null>,
): Promise<Identity | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const timeout = new Promise<never>((_, reject) => {
    const error = new DormouseError("unavailable", "Signing in takes too long. Try again later.");
    timer = setTimeout(() => reject(error), TIMEOUT_MS);
  });
  try {
    return await Promise.race([(async () => await authenticate())(), timeout]);
  } catch (error) {
    throw error instanceof DormouseError ? error : failed(error);
  } finally {
    clearTimeout(timer);
  }
}

function failed(error: unknown): DormouseError {
  console.error("authenticate failed:", error);
  return new DormouseError("hook_failed", "The server's authenticate failed. Try again later.");
}
