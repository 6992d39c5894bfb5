import { describe, expect, test } from "vitest";
import OPERATIONS from "../../docs/OPERATIONS.md?raw";
import { verifyWebhook } from "../../src/backend/verify-webhook.ts";
import { parseSettings } from "../../src/settings/settings.ts";
import { signatureHeaders } from "../../src/webhooks/signature.ts";
import { callWith } from "../http/call.ts";
import { freshRoom } from "../room/room-client.ts";
import { inSeconds, sign } from "./tokens.ts";

const OLD = "the secret of today, 32 characters or more";
const NEW = "the secret of tomorrow, as long as that";

/** The state of a service after each command of the docs about a secret, from the one before the first. */
function rotation(secret: string): Record<string, string>[] {
  const steps = OPERATIONS.matchAll(
    new RegExp(
      `^    npx wrangler secret (put|delete) (${secret}(?:_PREVIOUS)?)(?: +# the (old|new) secret)?$`,
      "gm",
    ),
  );
  let vars: Record<string, string> = { [secret]: OLD };
  const states = [vars];
  for (const [, verb, name = "", which] of steps) {
    const { [name]: _, ...others } = vars;
    vars = verb === "delete" ? others : { ...others, [name]: which === "old" ? OLD : NEW };
    states.push(vars);
  }
  return states;
}

describe("rotating secrets as the docs say", () => {
  test("[ACC-42] keeps every member in until the old secret is removed, and lets new tokens in before", async () => {
    const states = rotation("AUTH_SECRET");
    expect(states).toEqual([
      { AUTH_SECRET: OLD },
      { AUTH_SECRET: OLD, AUTH_SECRET_PREVIOUS: OLD },
      { AUTH_SECRET: NEW, AUTH_SECRET_PREVIOUS: OLD },
      { AUTH_SECRET: NEW },
    ]);
    const room = freshRoom();
    const statuses: (readonly [number, number])[] = [];
    for (const vars of states) {
      const status = async (secret: string) => {
        const token = await sign({ rooms: [room], exp: inSeconds(60) }, secret);
        const headers = { authorization: `Bearer ${token}` };
        const settings = { AUTH_SECRET_PREVIOUS: "", ...vars, AUTH_MODE: "token" };
        return (await callWith(settings, `/v1/rooms/${room}`, { headers })).status;
      };
      statuses.push([await status(OLD), await status(NEW)]);
    }
    expect(statuses).toEqual([
      [200, 401],
      [200, 401],
      [200, 200],
      [401, 200],
    ]);
  });

  test("[ACC-42] signs deliveries for receivers with either secret until the old one is removed", async () => {
    const body = JSON.stringify({ room: "lobby", epoch: "e", dropped: 0, events: [] });
    const accepted: (readonly [boolean, boolean])[] = [];
    for (const vars of rotation("WEBHOOK_SECRET")) {
      const { webhook } = parseSettings({ ...vars, WEBHOOK_URL: "https://receiver.test/" });
      const secrets = [webhook?.secret, webhook?.previousSecret].filter((secret) => secret !== undefined);
      const headers = await signatureHeaders(secrets, "msg_1", Date.now(), body);
      const isAccepted = (secret: string) =>
        verifyWebhook(new Request("https://receiver.test/", { method: "POST", headers, body }), secret).then(
          () => true,
          () => false,
        );
      accepted.push([await isAccepted(OLD), await isAccepted(NEW)]);
    }
    expect(accepted).toEqual([
      [true, false],
      [true, false],
      [true, true],
      [false, true],
    ]);
  });
});
