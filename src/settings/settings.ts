/**
 * Every setting of a deployment: its name, unit, default and bounds. They come from `[vars]` in wrangler.toml,
 * `--var NAME:value` of `npm run dev`, or the dashboard. Parsed once per isolate.
 */

type IntegerSetting = { default: number; min: number; max: number };

const INTEGERS = {
  /** Bytes of one message: its `data` as JSON text (a string's own quotes not counted), or its raw bytes. */
  MESSAGE_BYTES: { default: 262_144, min: 1, max: 786_432 },
  /** Messages a second that a session may publish in the long run; 0: no limit. */
  PUBLISH_RATE: { default: 20, min: 0, max: 100_000 },
  /** Messages that a session may publish at once. */
  PUBLISH_BURST: { default: 100, min: 1, max: 100_000 },
  /** Signals and changes of presence a second that a session may send in the long run; 0: no limit. */
  SIGNAL_RATE: { default: 50, min: 0, max: 100_000 },
  /** Signals and changes of presence that a session may send at once. */
  SIGNAL_BURST: { default: 100, min: 1, max: 100_000 },
  /** Reads a second that a member, or an address of guests, may make in the long run in one room; 0: no limit. */
  READ_RATE: { default: 50, min: 0, max: 100_000 },
  /** Reads that it may make at once. */
  READ_BURST: { default: 200, min: 1, max: 100_000 },
  /** Open sockets in one room. */
  ROOM_SOCKETS: { default: 10_000, min: 1, max: 32_768 },
  /** Messages that a room keeps; older ones are removed, whole flushes at a time. */
  HISTORY_MESSAGES: { default: 10_000, min: 1, max: 10_000_000 },
  /** Bytes of the frames that a room keeps; older ones are removed in the same way. No row is larger than the least. */
  HISTORY_BYTES: { default: 67_108_864, min: 1_048_576, max: 8_589_934_592 },
  /** Days that a room keeps a message. */
  HISTORY_DAYS: { default: 30, min: 1, max: 36_500 },
  /** Newest messages whose ids are known, so that one that is sent again does not land twice. */
  DEDUPE_MESSAGES: { default: 10_000, min: 0, max: 100_000 },
  /** Messages that a resume or `history=N` replays at most. */
  RESUME_MESSAGES: { default: 5000, min: 0, max: 1_000_000 },
  /** Bytes after which a client is asked to acknowledge; a session's window is two to four times as much. */
  ACK_BYTES: { default: 1_048_576, min: 4096, max: 16_777_216 },
  /** Seconds between the pings that a client is asked to send. */
  HEARTBEAT_SECONDS: { default: 30, min: 1, max: 3600 },
  /** Milliseconds for which a member whose socket dropped without a goodbye is taken to be here. */
  LEAVE_GRACE_MS: { default: 5000, min: 0, max: 60_000 },
  /** Members of a room that are listed; where there are more, they are only counted. */
  MEMBERS_LISTED: { default: 200, min: 0, max: 1000 },
  /** Bytes of a session's public state, as JSON. */
  STATE_BYTES: { default: 2048, min: 2, max: 4096 },
  /** Characters (code points) of a member's name. */
  NAME_CHARS: { default: 64, min: 1, max: 256 },
} as const satisfies Record<string, IntegerSetting>;

/** Who is let in, and how tokens are checked. */
export type Auth = {
  /** `open`: without a token one is a guest. `token`: no valid token, no entry. */
  mode: "open" | "token";
  /** The key of HS256 tokens. */
  secret: string | undefined;
  /** Where the public keys of RS256, ES256 and EdDSA tokens are (RFC 7517). */
  jwksUrl: string | undefined;
  issuer: string | undefined;
  audience: string | undefined;
};

/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = [
  "room.occupied",
  "room.vacated",
  "member.joined",
  "member.left",
  "message.published",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Where a room's events go, signed with what, and which of them. */
export type Webhook = { url: string; secret: string; events: ReadonlySet<WebhookEvent> };

export type Settings = {
  auth: Auth;
  /** Absent: nobody is told. */
  webhook: Webhook | undefined;
  /** `"*"`, or the origins that may connect, in lower case. */
  allowedOrigins: "*" | ReadonlySet<string>;
  messageBytes: number;
  publishRate: number;
  publishBurst: number;
  signalRate: number;
  signalBurst: number;
  readRate: number;
  readBurst: number;
  roomSockets: number;
  historyMessages: number;
  historyBytes: number;
  historyDays: number;
  dedupeMessages: number;
  resumeMessages: number;
  ackBytes: number;
  heartbeatSeconds: number;
  leaveGraceMs: number;
  membersListed: number;
  stateBytes: number;
  nameChars: number;
  /** Whether sockets without a subprotocol are let in. */
  plain: boolean;
};

/** A setting that is no such thing. Its message names the setting and is safe to show to a caller. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** @throws SettingError */
export function parseSettings(env: object): Settings {
  const vars = env as Record<string, unknown>;
  return {
    auth: auth(vars),
    webhook: webhook(vars),
    allowedOrigins: origins(vars),
    messageBytes: integer(vars, "MESSAGE_BYTES"),
    publishRate: integer(vars, "PUBLISH_RATE"),
    publishBurst: integer(vars, "PUBLISH_BURST"),
    signalRate: integer(vars, "SIGNAL_RATE"),
    signalBurst: integer(vars, "SIGNAL_BURST"),
    readRate: integer(vars, "READ_RATE"),
    readBurst: integer(vars, "READ_BURST"),
    roomSockets: integer(vars, "ROOM_SOCKETS"),
    historyMessages: integer(vars, "HISTORY_MESSAGES"),
    historyBytes: integer(vars, "HISTORY_BYTES"),
    historyDays: integer(vars, "HISTORY_DAYS"),
    dedupeMessages: integer(vars, "DEDUPE_MESSAGES"),
    resumeMessages: integer(vars, "RESUME_MESSAGES"),
    ackBytes: integer(vars, "ACK_BYTES"),
    heartbeatSeconds: integer(vars, "HEARTBEAT_SECONDS"),
    leaveGraceMs: integer(vars, "LEAVE_GRACE_MS"),
    membersListed: integer(vars, "MEMBERS_LISTED"),
    stateBytes: integer(vars, "STATE_BYTES"),
    nameChars: integer(vars, "NAME_CHARS"),
    plain: boolean(vars, "PLAIN", true),
  };
}

let parsed: { env: object; settings: Settings } | undefined;

/**
 * The settings of this isolate's environment.
 * @throws SettingError each time, until the environment is mended
 */
export function settingsOf(env: object): Settings {
  if (parsed?.env !== env) parsed = { env, settings: parseSettings(env) };
  return parsed.settings;
}

function integer(vars: Record<string, unknown>, name: keyof typeof INTEGERS): number {
  const { default: fallback, min, max } = INTEGERS[name];
  const raw = vars[name];
  if (raw === undefined) return fallback;
  const value = typeof raw === "string" && /^\d+$/.test(raw.trim()) ? Number(raw) : raw;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw new SettingError(
      `${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(raw)}.`,
    );
  }
  return value;
}

function boolean(vars: Record<string, unknown>, name: string, fallback: boolean): boolean {
  const raw = vars[name];
  if (raw === undefined) return fallback;
  const word = String(raw).toLowerCase();
  if (word === "on" || word === "true") return true;
  if (word === "off" || word === "false") return false;
  throw new SettingError(`${name} must be "on" or "off", not ${JSON.stringify(raw)}.`);
}

/** HS256 wants a key of 256 bits. */
const SAFE_SECRET_CHARS = 32;

function auth(vars: Record<string, unknown>): Auth {
  const mode = vars.AUTH_MODE ?? "open";
  if (mode !== "open" && mode !== "token") {
    throw new SettingError(`AUTH_MODE must be "open" or "token", not ${JSON.stringify(mode)}.`);
  }
  const secret = text(vars, "AUTH_SECRET");
  if (secret?.trim() === "")
    throw new SettingError("AUTH_SECRET is blank: set it to 32 random bytes or more.");
  if (secret !== undefined && secret.length < SAFE_SECRET_CHARS)
    console.warn(
      `AUTH_SECRET has less than ${SAFE_SECRET_CHARS} characters: it can be guessed (RFC 7518, section 3.2).`,
    );
  const jwksUrl = text(vars, "AUTH_JWKS_URL");
  if (jwksUrl !== undefined && (!URL.canParse(jwksUrl) || !/^https?:$/.test(new URL(jwksUrl).protocol))) {
    throw new SettingError("AUTH_JWKS_URL must be an http(s) address.");
  }
  if (mode === "token" && secret === undefined && jwksUrl === undefined) {
    throw new SettingError(
      "AUTH_MODE is token, but neither AUTH_SECRET nor AUTH_JWKS_URL is set, so no token could ever be valid.",
    );
  }
  return { mode, secret, jwksUrl, issuer: text(vars, "AUTH_ISSUER"), audience: text(vars, "AUTH_AUDIENCE") };
}

/** Characters of a secret that is no base64, so that nobody signs with "secret". */
const SECRET_CHARS = 16;
const SECRET_PREFIX = "whsec_";
const SECRET_BYTES = 24;

function webhook(vars: Record<string, unknown>): Webhook | undefined {
  const url = text(vars, "WEBHOOK_URL");
  const secret = text(vars, "WEBHOOK_SECRET");
  const given = text(vars, "WEBHOOK_EVENTS") ?? WEBHOOK_EVENTS.join(" ");
  const names = given.split(/[\s,]+/).filter((name) => name !== "");
  const events = new Set(WEBHOOK_EVENTS.filter((name) => names.includes(name)));
  const unknown = names.find((name) => !(WEBHOOK_EVENTS as readonly string[]).includes(name));
  if (unknown !== undefined || events.size === 0) {
    throw new SettingError(
      `WEBHOOK_EVENTS must be some of ${WEBHOOK_EVENTS.join(", ")}, not ${JSON.stringify(unknown ?? given)}.`,
    );
  }
  if (url === undefined) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new SettingError("WEBHOOK_URL must be an http(s) address.");
  }
  if (new URL(url).username !== "" || new URL(url).password !== "") {
    throw new SettingError(
      "WEBHOOK_URL must hold no user and no password, which are not sent: the signature says who calls.",
    );
  }
  if (secret === undefined)
    throw new SettingError("WEBHOOK_URL is set, but WEBHOOK_SECRET is not, so nobody could tell who calls.");
  const isGood = secret.startsWith(SECRET_PREFIX)
    ? base64Bytes(secret.slice(SECRET_PREFIX.length)) >= SECRET_BYTES
    : secret.length >= SECRET_CHARS;
  if (!isGood) {
    throw new SettingError(
      `WEBHOOK_SECRET must be ${SECRET_PREFIX} and the base64 of ${SECRET_BYTES} bytes or more, or ${SECRET_CHARS} characters or more.`,
    );
  }
  return { url, secret, events };
}

/** How many bytes a text of base64 holds; none where it is no base64. */
function base64Bytes(text: string): number {
  try {
    return /\s/.test(text) ? 0 : atob(text).length;
  } catch {
    return 0;
  }
}

/** Never shown in an error: it may be a secret. An empty one is as good as none. */
function text(vars: Record<string, unknown>, name: string): string | undefined {
  const raw = vars[name];
  if (raw === undefined || raw === "") return undefined;
  if (typeof raw !== "string") throw new SettingError(`${name} must be text.`);
  return raw;
}

function origins(vars: Record<string, unknown>): "*" | ReadonlySet<string> {
  const raw = vars.ALLOWED_ORIGINS ?? "*";
  if (typeof raw !== "string") {
    throw new SettingError(`ALLOWED_ORIGINS must be "*" or a list of origins, not ${JSON.stringify(raw)}.`);
  }
  const list = raw.split(/[\s,]+/).filter((item) => item !== "");
  if (list.length === 1 && list[0] === "*") return "*";
  if (list.length === 0)
    throw new SettingError(`ALLOWED_ORIGINS is empty: it must be "*" or a list of origins.`);
  return new Set(list.map(origin));
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s*]+$/;

/** As browsers write it: in lower case, without a default port. Apps have schemes of their own (capacitor://localhost). */
function origin(raw: string): string {
  const lower = raw.toLowerCase().replace(/\/$/, "");
  if (!ORIGIN.test(lower) || !URL.canParse(lower)) {
    throw new SettingError(
      `ALLOWED_ORIGINS holds ${JSON.stringify(raw)}, which is no origin such as https://example.com`,
    );
  }
  const known = new URL(lower).origin;
  return known === "null" ? lower : known;
}
