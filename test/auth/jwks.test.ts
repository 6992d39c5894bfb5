import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { verifyToken } from "../../src/auth/token.ts";
import type { AuthSettings } from "../../src/settings/auth.ts";
import { CLAIMS, inSeconds } from "./tokens.ts";

const MINUTE_MS = 60_000;

/** A JWKS endpoint whose answers the test controls, and tokens signed with its keys. */
type Endpoint = {
  fetched: () => number;
  answer: () => Promise<Response>;
  /** Verifies a token signed with this key. Resolves to the member id or the error code. */
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
    rooms: undefined,
    can: undefined,
    loginUrl: undefined,
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

describe("RemoteKeySet", () => {
  test("[ACC-10] keeps the keys of several addresses, each fetched once", async () => {
    const first = await endpoint(["a"]);
    expect(await first.call("a")).toBe("ada");
    const second = await endpoint(["b"]);
    for (let i = 0; i < 3; i++) {
      expect([await second.call("b"), await first.call("a")]).toEqual(["ada", "ada"]);
    }
    expect([first.fetched(), second.fetched()]).toEqual([1, 1]);
  });

  test("[ACC-10] keeps using its keys while the endpoint fails, and asks it again every ten seconds", async () => {
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
    // One log line per failed fetch, not per call.
    expect(faults).toHaveBeenCalledTimes(2);
  });

  test("[ACC-10] answers unavailable for an unknown key while the endpoint fails, and invalid_token once it answers", async () => {
    const keys = await endpoint(["known"]);
    expect(await keys.call("known")).toBe("ada");
    // Within the cooldown, the last answer of the endpoint decides.
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

  test("[ACC-10] refuses a removed key once its keys are ten minutes old", async () => {
    const keys = await endpoint(["known"]);
    expect(await keys.call("known")).toBe("ada");
    keys.answer = async () => Response.json({ keys: [] });
    later(11 * MINUTE_MS);
    expect(await keys.call("known")).toBe("invalid_token");
  });

  test("[ACC-10] shares one fetch between concurrent calls", async () => {
    const keys = await endpoint(["known"]);
    const calls = Array.from({ length: 50 }, () => keys.call("known"));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["ada"]));
    expect(keys.fetched()).toBe(1);
  });

  test("[ACC-10] treats an answer that is too long, or not a key set, as a failure", async () => {
    const keys = await endpoint(["known"]);
    expect(await keys.call("known")).toBe("ada");
    for (const body of [" ".repeat(300_000), "[]", '{"keys":1}', "null"]) {
      keys.answer = async () => new Response(body);
      later(11 * MINUTE_MS);
      expect(await keys.call("known")).toBe("ada");
    }
    expect(faults).toHaveBeenCalledTimes(4);
  });
});
