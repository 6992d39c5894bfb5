import { describe, expect, test } from "vitest";
import { type VerifyWebhookOptions, verifyWebhook } from "../../src/backend/verify-webhook.ts";
import { signatureHeaders } from "../../src/webhooks/signature.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "another secret, which is text";

const message = { seq: 1, at: 5, id: "m", from: "ada", name: "Ada" };
const BODY = JSON.stringify({
  room: "lobby",
  epoch: "e",
  dropped: 2,
  events: [
    { id: "e.a", at: 4, type: "member.joined", member: "ada", name: "Ada" },
    { id: "e.1", at: 5, type: "message.published", message: { ...message, data: { text: "hi, 大" } } },
    { id: "e.2", at: 6, type: "message.published", message: { ...message, seq: 2, binary: "aGk=" } },
    { id: "e.b", at: 7, type: "room.painted", colour: "red" },
  ],
});

type Signing = { secret?: string; at?: number; body?: string; headers?: Record<string, string> };

async function requestOf({ secret = SECRET, at = Date.now(), body = BODY, headers = {} }: Signing = {}) {
  const signed = await signatureHeaders([secret], "msg_1", at, body);
  return new Request("https://example.com/hook", {
    method: "POST",
    headers: { ...signed, ...headers },
    body,
  });
}

describe("verifyWebhook", () => {
  test("[HOOK-12] returns the events of a genuine delivery, and those of types that it does not know", async () => {
    expect(await verifyWebhook(await requestOf(), SECRET)).toEqual({
      id: "msg_1",
      room: "lobby",
      epoch: "e",
      dropped: 2,
      events: [
        { id: "e.a", at: 4, type: "member.joined", member: "ada", name: "Ada" },
        { id: "e.1", at: 5, type: "message.published", message: { ...message, data: { text: "hi, 大" } } },
        {
          id: "e.2",
          at: 6,
          type: "message.published",
          message: { ...message, seq: 2, data: undefined, bytes: new TextEncoder().encode("hi") },
        },
        { id: "e.b", at: 7, type: "room.painted", colour: "red" },
      ],
    });
  });

  test("[HOOK-12] accepts a delivery that any of several secrets signed", async () => {
    for (const secret of [SECRET, OTHER])
      expect((await verifyWebhook(await requestOf({ secret }), [OTHER, SECRET])).room).toBe("lobby");
  });

  test("[HOOK-12] accepts a delivery with one right signature among several", async () => {
    const { "webhook-signature": right } = await signatureHeaders([SECRET], "msg_1", Date.now(), BODY);
    const headers = { "webhook-signature": `v2,abc v1,AAAA v1,*** ${right}` };
    expect((await verifyWebhook(await requestOf({ headers }), SECRET)).id).toBe("msg_1");
  });

  test("[ACC-41] accepts by either secret a delivery that both signed", async () => {
    const headers = await signatureHeaders([SECRET, OTHER], "msg_1", Date.now(), BODY);
    for (const secret of [SECRET, OTHER])
      expect((await verifyWebhook(await requestOf({ headers }), secret)).id).toBe("msg_1");
    const third = verifyWebhook(await requestOf({ headers }), "a third secret, which is text");
    await expect(third).rejects.toMatchObject({ code: "invalid_token" });
  });

  test.each<[string, Signing, VerifyWebhookOptions?]>([
    ["signed with another secret", { secret: OTHER }],
    ["with another id", { headers: { "webhook-id": "msg_2" } }],
    ["with another time", { headers: { "webhook-timestamp": String(Math.floor(Date.now() / 1000) - 10) } }],
    ["with a time that is no number", { headers: { "webhook-timestamp": "today" } }],
    ["with an empty signature", { headers: { "webhook-signature": "v1," } }],
    ["with a signature of no version", { headers: { "webhook-signature": "AAAA" } }],
    ["from ten minutes ago", { at: Date.now() - 600_000 }],
    ["from ten minutes ahead", { at: Date.now() + 600_000 }],
    ["older than a bound of its own", { at: Date.now() - 60_000 }, { toleranceSeconds: 30 }],
  ])("[HOOK-12] refuses a delivery %s", async (_, signing, options) => {
    await expect(verifyWebhook(await requestOf(signing), SECRET, options)).rejects.toMatchObject({
      name: "DormouseError",
      code: "invalid_token",
    });
  });

  test("[HOOK-12] refuses a delivery whose body was changed", async () => {
    const { headers } = await requestOf();
    const changed = new Request("https://example.com/", {
      method: "POST",
      headers,
      body: BODY.replace("Ada", "Bob"),
    });
    await expect(verifyWebhook(changed, SECRET)).rejects.toMatchObject({ code: "invalid_token" });
  });

  test("[HOOK-12] refuses a request without a signature, and one without a body", async () => {
    for (const request of [
      new Request("https://example.com/", { method: "POST", body: BODY }),
      new Request("https://a.example"),
    ])
      await expect(verifyWebhook(request, SECRET)).rejects.toMatchObject({ code: "invalid_token" });
  });

  test("[HOOK-12] says what it takes where it is given a request of Node's http server", async () => {
    for (const request of [{ headers: { "webhook-id": "msg_1" } }, undefined, BODY])
      await expect(verifyWebhook(request as never, SECRET)).rejects.toThrow(/^verifyWebhook takes a Request/);
  });

  test("[HOOK-12] reads no more of a body than the bound", async () => {
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled += 1000;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    const { headers } = await requestOf();
    const request = new Request("https://example.com/", { method: "POST", headers, body });
    await expect(verifyWebhook(request, SECRET, { maxBytes: 5000 })).rejects.toMatchObject({
      code: "too_big",
    });
    expect(pulled).toBeLessThan(20_000);
  });

  test("[HOOK-12] refuses a signed body that is not a delivery", async () => {
    for (const [body, code] of [
      ["[]", "bad_json"],
      ["{", "bad_json"],
      ['{"room":"a"}', "invalid_event"],
    ] as const)
      await expect(verifyWebhook(await requestOf({ body }), SECRET)).rejects.toMatchObject({ code });
  });

  test("[HOOK-12] refuses a body that was read before", async () => {
    const request = await requestOf();
    await request.text();
    await expect(verifyWebhook(request, SECRET)).rejects.toMatchObject({ code: "misconfigured" });
  });

  test.each<[string, string | undefined | (string | undefined)[]]>([
    ["a missing secret", undefined],
    ["an empty secret", ""],
    ["a short secret", "short"],
    ["a short secret in base64", "whsec_AAAA"],
    ["no secret", []],
    ["a missing secret among others", [SECRET, undefined]],
    ["nine secrets", Array.from({ length: 9 }, () => SECRET)],
  ])("[HOOK-12] refuses %s", async (_, secret) => {
    await expect(verifyWebhook(await requestOf(), secret)).rejects.toMatchObject({ code: "misconfigured" });
  });
});
