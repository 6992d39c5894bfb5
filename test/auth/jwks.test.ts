import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { verifyToken } from "../../src/auth/token.ts";
import type { AuthSettings } from "../../src/settings/auth.ts";
import { CLAIMS, inSeconds } from "./tokens.ts";

const MINUTE_MS = 60_000;

/** An endpoint with keys, and the tokens by them. Its answers are what the test says; of the runtime only the clock is moved. */
type Endpoint = {
  fetched: () => number;
  answer: () => Promise<Response>;
  /** What the call with a token by this key comes to: the member, or the code of the refusal. */
  call: (kid: string) => Promise<string>;
};

let faults: MockInstance;
beforeEach(() => {
  faults = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const later = (ms: number) => vi.useFakeTimers({ now: Date.now() + ms, toFake: ["Date"] });

async function endpoint(kids: readonly string[]): Promise<Endpoint> {
  const jwksUrl = `https://keys.test/${crypto.randomUUID()}`;
  const auth: AuthSettings = {
    mode: "token",
    secret: undefined,
    jwksUrl,
    issuer: undefined,
    audience: undefined,
  };
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: "ES256", use: "sig" };
  let fetched = 0;
  const made: Endpoint = {
    fetched: () => fetched,
    answer: async () => Response.json({ keys: kids.map((kid) => ({ ...jwk, kid })) }),
    call: async (kid) => {
      const token = await new SignJWT({ ...CLAIMS, exp: inSeconds(86_400) })
        .setProtectedHeader({ alg: "ES256", kid })
        .sign(privateKey);
      return verifyToken(token, auth).then(
        ({ grant }) => grant.member,
        (error) => error.code,
      );
    },
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(() => {
    fetched++;
    return made.answer();
  });
  return made;
}

const down = async () => new Response("down", { status: 500 });

test("[ACC-10] keys that were fetched once hold while the endpoint fails, which is asked every ten seconds", async () => {
  const keys = await endpoint(["known"]);
  expect(await keys.call("known")).toBe("ada");
  keys.answer = down;
  later(11 * MINUTE_MS);
  for (let i = 0; i < 20; i++) expect(await keys.call("known")).toBe("ada");
  expect(keys.fetched()).toBe(2);
  later(9_000);
  expect(await keys.call("known")).toBe("ada");
  expect(keys.fetched()).toBe(2);
  later(2_000);
  expect(await keys.call("known")).toBe("ada");
  expect(keys.fetched()).toBe(3);
  // Once for each failure, not for each call.
  expect(faults).toHaveBeenCalledTimes(2);
});

test("[ACC-10] a token by an unknown key is answered unavailable while the endpoint fails, and is wrong once it answers", async () => {
  const keys = await endpoint(["known"]);
  expect(await keys.call("known")).toBe("ada");
  // Asked a moment ago, the endpoint had no such key.
  expect(await keys.call("other")).toBe("invalid_token");
  const { answer } = keys;
  keys.answer = down;
  later(11_000);
  expect([await keys.call("other"), await keys.call("other")]).toEqual(["unavailable", "unavailable"]);
  expect(await keys.call("known")).toBe("ada");
  expect(keys.fetched()).toBe(2);
  keys.answer = answer;
  later(11_000);
  expect([await keys.call("other"), keys.fetched()]).toEqual(["invalid_token", 3]);
});

test("[ACC-10] a key that was taken away is refused once its keys are ten minutes old and the endpoint answers", async () => {
  const keys = await endpoint(["known"]);
  expect(await keys.call("known")).toBe("ada");
  keys.answer = async () => Response.json({ keys: [] });
  later(11 * MINUTE_MS);
  expect(await keys.call("known")).toBe("invalid_token");
});

test("[ACC-10] calls at once share one fetch", async () => {
  const keys = await endpoint(["known"]);
  const calls = Array.from({ length: 50 }, () => keys.call("known"));
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["ada"]));
  expect(keys.fetched()).toBe(1);
});

test("[ACC-10] an answer that is too long, or no set of keys, is a failure", async () => {
  const keys = await endpoint(["known"]);
  expect(await keys.call("known")).toBe("ada");
  for (const body of [" ".repeat(300_000), "[]", '{"keys":1}', "null"]) {
    keys.answer = async () => new Response(body);
    later(11 * MINUTE_MS);
    expect(await keys.call("known")).toBe("ada");
  }
  expect(faults).toHaveBeenCalledTimes(4);
});
