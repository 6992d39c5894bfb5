/** The capabilities that a member can have in a room. `docs/ACCESS.md` says what each one permits. */
export const CAPABILITIES = ["read", "publish", "signal", "presence", "moderate", "admin"] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The capabilities of a guest. The owner of a service trusts strangers with no more. */
export const GUEST_CAPABILITIES = ["read", "publish", "signal", "presence"] as const;
