/** Settings that a developer may have in .dev.vars, which the runtime also reads in tests. Empty values unset them. */
export const NO_LOCAL_SECRETS = {
  AUTH_SECRET: "",
  AUTH_SECRET_PREVIOUS: "",
  AUTH_JWKS_URL: "",
  AUTH_ISSUER: "",
  AUTH_AUDIENCE: "",
  AUTH_ROOMS: "",
  AUTH_CAN: "",
  WEBHOOK_URL: "",
  WEBHOOK_SECRET: "",
  WEBHOOK_SECRET_PREVIOUS: "",
  WEBHOOK_EVENTS: "",
} as const;
