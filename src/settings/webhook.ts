import { fromBase64 } from "../protocol/base64.ts";
import {
  type Declaration,
  type RawSetting,
  type ReadSetting,
  SettingError,
  textSetting,
  urlSetting,
} from "./setting.ts";

/** The events that a webhook can receive. */
export const WEBHOOK_EVENTS = [
  "room.occupied",
  "room.vacated",
  "member.joined",
  "member.left",
  "message.published",
  "message.updated",
  "message.deleted",
  "message.reacted",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Characters of a secret that is used as it is. */
const SECRET_CHARS = 16;
/** The prefix of a secret in base64 (Standard Webhooks 1.0.0), and the least number of bytes. */
const SECRET_PREFIX = "whsec_";
const SECRET_BYTES = 24;

export const WEBHOOK_SETTINGS = {
  WEBHOOK_URL: {
    unit: "URL",
    shows: "origin",
    description: "The address that receives the events of all rooms ([WEBHOOKS.md](WEBHOOKS.md)).",
  },
  WEBHOOK_SECRET: {
    shows: "presence",
    description: `The key that signs deliveries: \`${SECRET_PREFIX}\` and at least ${SECRET_BYTES} bytes in base64, or any other text of at least ${SECRET_CHARS} characters. It is a secret: set it with \`wrangler secret put\`, not in \`wrangler.toml\`.`,
  },
  WEBHOOK_SECRET_PREVIOUS: {
    shows: "presence",
    description:
      "The key before the current one. Deliveries are signed with both while you rotate it ([OPERATIONS.md](OPERATIONS.md#rotate-the-secrets)). It is a secret, too.",
  },
  WEBHOOK_EVENTS: {
    unit: "event names",
    description: `The events to deliver, separated by spaces or commas. All, if not set: ${WEBHOOK_EVENTS.map((name) => `\`${name}\``).join(", ")}.`,
  },
} as const satisfies Record<string, Declaration>;

/** The receiver of a room's events. */
export type Webhook = {
  url: string;
  secret: string;
  /** The secret before, which signs as well. */
  previousSecret?: string | undefined;
  events: ReadonlySet<WebhookEvent>;
};

/** Whether a webhook receives events of the log: messages, or operations on them. */
export function receivesMessages({ events }: Webhook): boolean {
  return [...events].some((name) => name.startsWith("message."));
}

/**
 * @returns undefined where there is no webhook
 * @throws SettingError
 */
export function parseWebhook(read: ReadSetting): Webhook | undefined {
  const events = parseEvents(read);
  const rawUrl = read("WEBHOOK_URL");
  const url = urlSetting(rawUrl);
  if (url === undefined) return undefined;
  if (new URL(url).username !== "" || new URL(url).password !== "") {
    throw new SettingError(
      `${rawUrl.label} contains a user or a password, which is not sent. Remove it and verify the signature instead.`,
    );
  }
  const secret = parseSecret(read("WEBHOOK_SECRET"));
  if (secret === undefined) {
    throw new SettingError(
      "WEBHOOK_URL is set without a secret to sign deliveries. Set WEBHOOK_SECRET as well.",
    );
  }
  return { url, secret, previousSecret: parseSecret(read("WEBHOOK_SECRET_PREVIOUS")), events };
}

function parseEvents(read: ReadSetting): ReadonlySet<WebhookEvent> {
  const raw = read("WEBHOOK_EVENTS");
  const given = textSetting(raw) ?? WEBHOOK_EVENTS.join(" ");
  const names = given.split(/[\s,]+/).filter((name) => name !== "");
  const events = new Set(WEBHOOK_EVENTS.filter((name) => names.includes(name)));
  const unknown = names.find((name) => !(WEBHOOK_EVENTS as readonly string[]).includes(name));
  if (unknown === undefined && events.size > 0) return events;
  throw new SettingError(
    `${raw.label} contains ${JSON.stringify(unknown ?? given)}. Use names from this list: ${WEBHOOK_EVENTS.join(", ")}.`,
  );
}

function parseSecret(raw: RawSetting): string | undefined {
  const secret = textSetting(raw);
  if (secret === undefined || isStrongSecret(secret)) return secret;
  throw new SettingError(`${raw.label} is too short or not base64. Set it to ${STRONG_SECRET}.`);
}

/** The requirement for a strong secret, as the end of a sentence. */
export const STRONG_SECRET = `${SECRET_PREFIX} and at least ${SECRET_BYTES} bytes in base64, or to other text of at least ${SECRET_CHARS} characters`;

/** Whether a secret can sign deliveries. */
export function isStrongSecret(secret: string): boolean {
  return secret.startsWith(SECRET_PREFIX)
    ? base64Bytes(secret.slice(SECRET_PREFIX.length)) >= SECRET_BYTES
    : secret.length >= SECRET_CHARS;
}

/** The number of bytes in base64 text; 0 where it is not base64. */
function base64Bytes(text: string): number {
  try {
    return /\s/.test(text) ? 0 : fromBase64(text).length;
  } catch {
    return 0;
  }
}
