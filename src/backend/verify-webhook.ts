import { fromBase64 } from "../protocol/base64.ts";
import { DormouseError } from "../protocol/errors.ts";
import type { StoredMessage, StoredOperation } from "../protocol/room-api.ts";
import { storedMessageOf } from "../room/hooks/stored-message.ts";
import { isStrongSecret, STRONG_SECRET } from "../settings/webhook.ts";
import { signingKey } from "../webhooks/signature.ts";
import { objectIn } from "./answer-error.ts";
import { type Body, readBounded } from "./read-bounded.ts";

const MAX_BYTES = 2_097_152;
const TOLERANCE_SECONDS = 300;

/** Signatures and secrets that are tried at most. */
const MAX_SIGNATURES = 8;
const MAX_SECRETS = 8;

/** An event of a room. `id` is the same in every delivery of the same event; `at` is in milliseconds. */
export type DeliveredEvent<Message = unknown> = { id: string; at: number } & (
  | { type: "room.occupied" | "room.vacated" }
  | { type: "member.joined" | "member.left"; member: string; name: string }
  | { type: "message.published"; message: StoredMessage<Message> }
  | { type: "message.updated" | "message.deleted" | "message.reacted"; operation: StoredOperation<Message> }
);

/**
 * The content of a verified webhook request.
 *
 * - `id`: the same in every attempt of a delivery whose content is the same.
 * - `dropped`: how many older events were lost before this delivery.
 * - `events`: oldest first. A newer service can send other types: ignore the ones that you do not know.
 */
export type WebhookDelivery<Message = unknown> = {
  id: string;
  room: string;
  epoch: string;
  dropped: number;
  events: DeliveredEvent<Message>[];
};

/**
 * - `toleranceSeconds`: how far the time of the delivery may be from the clock here, either way; 300 if absent.
 * - `maxBytes`: the upper limit of the body; 2 MiB if absent, more than the service sends.
 */
export type VerifyWebhookOptions = { toleranceSeconds?: number; maxBytes?: number };

/**
 * Verifies that a request is a recent webhook of Dormouse, and returns its events. Pass it before anything reads its body.
 * @param secret the `WEBHOOK_SECRET` of the service, or several while you replace one
 * @typeParam Message the data of a message
 * @throws DormouseError `invalid_token` where the signature is missing or wrong, or the delivery too old; `too_big`; `bad_json` and
 *   `invalid_event` for a signed body that is not a delivery; `misconfigured` for a secret that is missing or too short, or a body that was read
 * @example
 * app.post("/hooks/dormouse", async (c) => {
 *   const { room, events } = await verifyWebhook<{ text: string }>(c.req.raw, process.env.WEBHOOK_SECRET);
 *   for (const event of events) if (event.type === "message.published") await index(room, event.message);
 *   return c.body(null, 204);
 * });
 */
export async function verifyWebhook<Message = unknown>(
  request: Body & Pick<Request, "headers" | "bodyUsed">,
  secret: string | undefined | readonly (string | undefined)[],
  { toleranceSeconds = TOLERANCE_SECONDS, maxBytes = MAX_BYTES }: VerifyWebhookOptions = {},
): Promise<WebhookDelivery<Message>> {
  if (typeof request?.headers?.get !== "function")
    throw new TypeError(
      "verifyWebhook takes a Request of the Fetch API, such as c.req.raw in Hono. Make one of a request of Node's http server.",
    );
  const secrets = checkedSecrets(typeof secret === "string" || secret === undefined ? [secret] : secret);
  const { id, timestamp, signatures } = signedHeaders(request.headers);
  checkAge(Number(timestamp), toleranceSeconds);
  const body = await bodyOf(request, maxBytes);
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  if (!(await isGenuine(signed, signatures, secrets)))
    refuse(
      "The signature of the webhook is wrong. Check that WEBHOOK_SECRET is the same here and in the service.",
    );
  return deliveryOf(id, body);
}

/** @throws DormouseError `misconfigured` */
function checkedSecrets(secrets: readonly (string | undefined)[]): string[] {
  const strong = secrets.filter((secret) => typeof secret === "string" && isStrongSecret(secret)) as string[];
  if (strong.length === secrets.length && strong.length >= 1 && strong.length <= MAX_SECRETS) return strong;
  const why =
    secrets.length > MAX_SECRETS
      ? `There are ${secrets.length} webhook secrets. Use at most ${MAX_SECRETS}.`
      : `A webhook secret is missing, too short or not base64. Set it to ${STRONG_SECRET}.`;
  throw new DormouseError("misconfigured", why);
}

function signedHeaders(headers: Headers): {
  id: string;
  timestamp: string;
  signatures: Uint8Array<ArrayBuffer>[];
} {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  const signature = headers.get("webhook-signature");
  if (!id || !timestamp || !signature)
    refuse("The request has no webhook signature. Send deliveries of Dormouse to this address only.");
  const signatures = signature.split(" ", MAX_SIGNATURES).flatMap(signatureBytes);
  return { id, timestamp, signatures };
}

/** Signatures of version 1 (Standard Webhooks 1.0.0); others are ignored. */
function signatureBytes(text: string): Uint8Array<ArrayBuffer>[] {
  if (!text.startsWith("v1,")) return [];
  try {
    return [fromBase64(text.slice(3))];
  } catch {
    return [];
  }
}

function checkAge(timestamp: number, toleranceSeconds: number): void {
  const age = Date.now() / 1000 - timestamp;
  if (Math.abs(age) <= toleranceSeconds) return;
  const which = Number.isNaN(age) ? "is not a number" : age > 0 ? "is too old" : "is in the future";
  refuse(`The time of the webhook ${which}. Check the clock, and send no delivery again by hand.`);
}

/** @throws DormouseError `misconfigured`, `too_big` */
async function bodyOf(
  request: Body & Pick<Request, "bodyUsed">,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (request.bodyUsed)
    throw new DormouseError(
      "misconfigured",
      "The body was read before. Verify the request first, or a clone of it.",
    );
  const body = await readBounded(request, maxBytes);
  if (body !== undefined) return body;
  throw new DormouseError("too_big", `The body of the webhook has more than ${maxBytes} bytes.`);
}

/** The platform compares in constant time. */
async function isGenuine(
  signed: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array<ArrayBuffer>[],
  secrets: readonly string[],
): Promise<boolean> {
  for (const secret of secrets) {
    const key = await signingKey(secret, "verify");
    for (const signature of signatures)
      if (await crypto.subtle.verify("HMAC", key, signature, signed)) return true;
  }
  return false;
}

/** The body is signed, so the service wrote it: what it adds in the future passes. */
function deliveryOf<Message>(id: string, bytes: Uint8Array): WebhookDelivery<Message> {
  const body = objectIn(new TextDecoder().decode(bytes));
  if (body === undefined)
    throw new DormouseError("bad_json", "The body of the webhook is not a JSON object.");
  const { room, epoch, dropped, events } = body;
  if (
    typeof room !== "string" ||
    typeof epoch !== "string" ||
    typeof dropped !== "number" ||
    !Array.isArray(events)
  )
    throw new DormouseError("invalid_event", "The body is signed, but is not a delivery of Dormouse.");
  return { id, room, epoch, dropped, events: events.map(eventOf) as DeliveredEvent<Message>[] };
}

function eventOf(event: unknown): unknown {
  const isMessage = typeof event === "object" && event !== null && "message" in event;
  if (!isMessage) return event;
  return { ...event, message: storedMessageOf(event.message as Parameters<typeof storedMessageOf>[0]) };
}

function refuse(why: string): never {
  throw new DormouseError("invalid_token", why);
}
