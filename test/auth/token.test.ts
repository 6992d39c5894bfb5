import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { coversRoom, verifyToken } from "../../src/auth/token.ts";
import type { AuthSettings } from "../../src/settings/auth.ts";
import { CLAIMS, inSeconds, SECRET, sign } from "./tokens.ts";

const BY_SECRET: AuthSettings = {
  mode: "token",
  secret: SECRET,
  jwksUrl: undefined,
  issuer: undefined,
  audience: undefined,
  rooms: undefined,
  can: undefined,
  loginUrl: undefined,
};

afterEach(() => void vi.restoreAllMocks());

const refused = (token: string, auth: AuthSettings, why: RegExp) =>
  expect(verifyToken(token, auth)).rejects.toMatchObject({
    code: "invalid_token",
    message: expect.stringMatching(why),
  });

describe("verifyToken", () => {
  test("[ACC-4] reads the grant from the claims", async () => {
    const exp = inSeconds(60);
    const token = await sign({
      name: "Ada",
      rooms: ["lobby", "team-*"],
      can: ["publish", "admin", "fly"],
      exp,
    });
    expect(await verifyToken(token, BY_SECRET)).toEqual({
      grant: { member: "ada", name: "Ada", can: ["publish", "admin"], guest: false, until: exp * 1000 },
      rooms: ["lobby", "team-*"],
    });
    const { grant } = await verifyToken(await sign({ exp: undefined }), BY_SECRET);
    expect(grant).toEqual({ member: "ada", name: "ada", can: ["read", "publish"], guest: false });
  });

  describe("with two secrets", () => {
    const OLD = "the secret before, of at least 32 characters";
    const BOTH: AuthSettings = { ...BY_SECRET, previousSecret: OLD };

    test("[ACC-40] accepts tokens of the current secret and of the one before", async () => {
      for (const secret of [SECRET, OLD])
        expect((await verifyToken(await sign({}, secret), BOTH)).grant.member).toBe("ada");
    });

    test("[ACC-40] refuses tokens of any other secret, and those of the one before once it is removed", async () => {
      await refused(await sign({}, "a third secret of at least 32 characters"), BOTH, /signature/);
      await refused(await sign({}, OLD), BY_SECRET, /signature/);
    });

    test("[ACC-40] refuses a token of either that has expired", async () => {
      for (const secret of [SECRET, OLD])
        await refused(await sign({ exp: inSeconds(-5) }, secret), BOTH, /expired/);
    });
  });

  test("[ACC-4] takes rooms and capabilities of a token without them from the settings", async () => {
    const token = await sign({ rooms: undefined, can: undefined, email: "ada@example.com" });
    await refused(token, BY_SECRET, /AUTH_ROOMS/);
    await refused(token, { ...BY_SECRET, rooms: ["*"] }, /AUTH_CAN/);
    const defaults = { ...BY_SECRET, rooms: ["team-*"], can: ["read" as const] };
    expect(await verifyToken(token, defaults)).toEqual({
      grant: {
        member: "ada",
        name: "ada",
        can: ["read"],
        guest: false,
        until: expect.any(Number),
        claims: { email: "ada@example.com" },
      },
      rooms: ["team-*"],
    });
    expect((await verifyToken(await sign({}), defaults)).rooms).toEqual(CLAIMS.rooms);
  });

  test("[ACC-4] hands hooks the other claims of a token, unless they are over 2,048 bytes", async () => {
    const grantOf = async (claims: Record<string, unknown>) =>
      (await verifyToken(await sign(claims), BY_SECRET)).grant;
    expect((await grantOf({ staff: true })).claims).toEqual({ staff: true });
    expect((await grantOf({ bio: "x".repeat(2038) })).claims).toBeDefined();
    expect((await grantOf({ bio: "x".repeat(2039) })).claims).toBeUndefined();
  });

  test("[ACC-4] refuses a token that is forged, expired, not valid yet, for another issuer or audience, or incomplete", async () => {
    const auth = { ...BY_SECRET, issuer: "us", audience: "rooms" };
    const good = { iss: "us", aud: "rooms" };
    expect((await verifyToken(await sign(good), auth)).grant.member).toBe("ada");
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ ...good, exp: inSeconds(-1) }, /expired/],
      [{ ...good, exp: inSeconds(-3600) }, /expired/],
      [{ ...good, nbf: inSeconds(60) }, /nbf/],
      [{ ...good, iss: "them" }, /iss/],
      [{ aud: "rooms" }, /iss/],
      [{ ...good, aud: "others" }, /aud/],
      [{ ...good, sub: undefined }, /sub/],
      [{ ...good, sub: "" }, /sub/],
      [{ ...good, sub: "s".repeat(129) }, /sub/],
      // These cannot be written in a URL, so the member could not be kicked.
      [{ ...good, sub: "." }, /sub/],
      [{ ...good, sub: ".." }, /sub/],
      [{ ...good, sub: "\ud800" }, /sub/],
      [{ ...good, rooms: undefined }, /rooms/],
      [{ ...good, rooms: "lobby" }, /rooms/],
      [{ ...good, can: undefined }, /can/],
      [{ ...good, can: [1] }, /can/],
    ];
    for (const [claims, why] of cases) await refused(await sign(claims), auth, why);
    await refused(await sign(good, "a secret that the tests do not use"), auth, /signature/);
    const [head, payload, signature] = (await sign(good)).split(".");
    await refused(`${head}.${payload}.`, auth, /./);
    await refused(
      `${head}.${btoa(JSON.stringify({ ...CLAIMS, ...good })).replaceAll("=", "")}.${signature}`,
      auth,
      /signature/,
    );
    await refused(`${head}.${payload}`, auth, /./);
    await refused("a.b.c", auth, /./);
    await refused(`${head}.${"x".repeat(9000)}.${signature}`, auth, /8192/);
  });

  test("[ACC-13] refuses a sub that a guest could have, and accepts similar ones", async () => {
    for (const sub of ["guest_", "guest_00N5xJq2"]) await refused(await sign({ sub }), BY_SECRET, /guest_/);
    for (const sub of ["guest", "guest-1", "my_guest_", "Guest_"])
      expect((await verifyToken(await sign({ sub }), BY_SECRET)).grant.member).toBe(sub);
  });

  test("[ACC-5] refuses the algorithm none and algorithms of another kind of key", async () => {
    const none = `${btoa('{"alg":"none"}').replaceAll("=", "")}.${btoa(JSON.stringify(CLAIMS)).replaceAll("=", "")}.`;
    await refused(none, BY_SECRET, /algorithm/);
    await refused(await sign({}, SECRET, "HS384"), BY_SECRET, /algorithm/);
    await refused(await sign({}, SECRET, "HS512"), BY_SECRET, /algorithm/);
    await refused(await sign(), { ...BY_SECRET, secret: undefined }, /no key/);

    // A known attack: a public key used as the secret of an HS256 token.
    const keys = await keySet("https://keys.test/classic");
    const jwk = JSON.stringify(keys.jwks.keys[0]);
    await refused(await sign({}, jwk), { ...BY_SECRET, secret: undefined, jwksUrl: keys.url }, /no key/);
  });

  test("[ACC-5] accepts every algorithm of public keys, and rotated keys, and refuses unknown keys", async () => {
    const first = await keySet("https://keys.test/set");
    const auth: AuthSettings = { ...BY_SECRET, secret: undefined, jwksUrl: first.url };
    for (const alg of ["RS256", "ES256", "EdDSA"]) {
      expect((await verifyToken(await first.sign(alg), auth)).grant.member).toBe("ada");
    }
    expect(first.fetched()).toBe(1);
    await refused(
      await (await keySet("https://keys.test/other", "other")).sign("ES256"),
      auth,
      /key of the token is unknown/,
    );

    const rotated = await keySet("https://keys.test/set", "new");
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ["Date"] });
    expect((await verifyToken(await rotated.sign("ES256"), auth)).grant.member).toBe("ada");
    vi.useRealTimers();
  });

  test("[ACC-5] tries every matching key for a token without kid", async () => {
    const pairs = await Promise.all([
      generateKeyPair("ES256"),
      generateKeyPair("ES256"),
      generateKeyPair("ES256"),
    ]);
    const [first, second, stranger] = pairs.map(({ privateKey }) => privateKey);
    const keys = await Promise.all(pairs.slice(0, 2).map(({ publicKey }) => exportJWK(publicKey)));
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json({ keys }));
    const auth: AuthSettings = { ...BY_SECRET, secret: undefined, jwksUrl: "https://keys.test/nameless" };
    const by = (key: CryptoKey | undefined) =>
      new SignJWT({ ...CLAIMS, exp: inSeconds(60) })
        .setProtectedHeader({ alg: "ES256" })
        .sign(key as CryptoKey);
    for (const key of [first, second])
      expect((await verifyToken(await by(key), auth)).grant.member).toBe("ada");
    await refused(await by(stranger), auth, /signature/);
  });

  test.each([
    ["does not answer", () => Promise.reject(new TypeError("connection refused"))],
    ["answers with an error", () => Promise.resolve(new Response("down", { status: 503 }))],
    ["answers without keys", () => Promise.resolve(new Response("<p>hello</p>"))],
  ])(
    "[ACC-5] answers unavailable while the endpoint %s, and accepts the token afterwards",
    async (what, fetch) => {
      const keys = await keySet(`https://keys.test/${encodeURIComponent(what)}`);
      const auth: AuthSettings = { ...BY_SECRET, secret: undefined, jwksUrl: keys.url };
      const token = await keys.sign("ES256");
      const log = vi.spyOn(console, "error").mockImplementation(() => {});
      vi.spyOn(globalThis, "fetch").mockImplementationOnce(fetch);
      await expect(verifyToken(token, auth)).rejects.toMatchObject({ code: "unavailable" });
      expect(log).toHaveBeenCalledWith(expect.stringContaining("AUTH_JWKS_URL"));
      vi.useFakeTimers({ now: Date.now() + 30_000, toFake: ["Date"] });
      expect((await verifyToken(await keys.sign("ES256"), auth)).grant.member).toBe("ada");
      vi.useRealTimers();
    },
  );
});

describe("coversRoom", () => {
  test("[ACC-4] matches room names and prefixes", () => {
    expect(coversRoom(["lobby"], "lobby")).toBe(true);
    expect(coversRoom(["lobby"], "lobby2")).toBe(false);
    expect(coversRoom(["team-*"], "team-")).toBe(true);
    expect(coversRoom(["team-*"], "team-a")).toBe(true);
    expect(coversRoom(["team-*"], "tea")).toBe(false);
    expect(coversRoom(["*"], "anything")).toBe(true);
    expect(coversRoom([], "lobby")).toBe(false);
    expect(coversRoom(["a*b"], "axb")).toBe(false);
    // The same name in NFD and NFC.
    expect(coversRoom(["cafe\u0301"], "caf\u00e9")).toBe(true);
  });
});

/** Keys of every algorithm, which a mocked fetch returns. */
async function keySet(url: string, suffix = "") {
  const algorithms = ["RS256", "ES256", "EdDSA"] as const;
  const pairs = new Map<string, CryptoKey>();
  const keys: object[] = [];
  for (const alg of algorithms) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    pairs.set(alg, privateKey);
    keys.push({ ...(await exportJWK(publicKey)), alg, kid: `${alg}${suffix}`, use: "sig" });
  }
  let fetched = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
    fetched++;
    return Response.json({ keys });
  });
  return {
    url,
    jwks: { keys },
    fetched: () => fetched,
    sign: (alg: string) =>
      new SignJWT({ ...CLAIMS, exp: inSeconds(3600) })
        .setProtectedHeader({ alg, kid: `${alg}${suffix}` })
        .sign(pairs.get(alg) as CryptoKey),
  };
}
