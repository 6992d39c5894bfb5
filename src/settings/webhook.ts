import { readText, SettingError, type Vars } from "./read.ts";

/** The events that a webhook can receive. */
export const WEBHOOK_EVENTS = [
  "room.occupied",
  "room.vacated",
  "member.joined",
  "member.left",
  "message.published",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** The receiver of a room's events, the secret that signs them, and which of them it receives. */
export type Webhook = { url: string; secret: string; events: ReadonlySet<WebhookEvent> };

/** The least characters of a secret that is not base64. */
const SECRET_CHARS = 16;
const SECRET_PREFIX = "whsec_";
const SECRET_BYTES = 24;

/** The webhook; undefined where WEBHOOK_URL is not set. @throws SettingError */
export function readWebhook(vars: Vars): Webhook | undefined {
  const url = readText(vars, "WEBHOOK_URL");
  const secret = readText(vars, "WEBHOOK_SECRET");
  const given = readText(vars, "WEBHOOK_EVENTS") ?? WEBHOOK_EVENTS.join(" ");
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
      "WEBHOOK_URL must not contain a user or a password. Receivers verify the signature instead.",
    );
  }
  if (secret === undefined)
    throw new SettingError(
      "WEBHOOK_URL is set, but WEBHOOK_SECRET is not. Set it, so that the receiver can verify the sender.",
    );
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

/** The bytes that a text of base64 holds; 0 where it is not base64. */
function base64Bytes(text: string): number {
  try {
    return /\s/.test(text) ? 0 : atob(text).length;
  } catch {
    return 0;
  }
}
