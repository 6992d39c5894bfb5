import { describe, expect, test } from "vitest";
import { createToken, type TokenClaims } from "../../src/auth/create-token.ts";
import { verifyToken } from "../../src/auth/token.ts";
import type { AuthSettings } from "../../src/settings/auth.ts";

const SECRET = "a secret of more than 32 characters, for this test";
const AUTH: AuthSettings = {
  mode: "token",
  secret: SECRET,
  jwksUrl: undefined,
  issuer: undefined,
  audience: undefined,
  rooms: undefined,
  can: undefined,
  loginUrl: undefined,
};
const CLAIMS: TokenClaims = { member: "ada", rooms: ["lobby", "team-*"], can: ["read", "publish"] };

/** Values that the types do not allow. */
const wrong = (claims: Record<string, unknown>) => ({ ...CLAIMS, ...claims }) as TokenClaims;

describe("createToken", () => {
  test("[ACC-15] makes a token that the service accepts for an hour", async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { grant, rooms } = await verifyToken(await createToken(CLAIMS, SECRET), AUTH);
    expect(rooms).toEqual(["lobby", "team-*"]);
    expect(grant).toMatchObject({ member: "ada", name: "ada", can: ["read", "publish"], guest: false });
    expect(grant.until).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(grant.until).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  test("[ACC-15] passes on the name, the lifetime, the issuer, the audience and further claims", async () => {
    const claims = {
      ...CLAIMS,
      name: "Ada",
      expiresIn: 60,
      issuer: "us",
      audience: "rooms",
      claims: { staff: true },
    };
    const { grant } = await verifyToken(await createToken(claims, SECRET), {
      ...AUTH,
      issuer: "us",
      audience: "rooms",
    });
    expect(grant).toMatchObject({ name: "Ada", claims: { staff: true } });
    expect(grant.until).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  test.each([
    ["is missing", undefined],
    ["is empty", ""],
    ["has 31 characters", "x".repeat(31)],
    ["is blank", " ".repeat(40)],
  ])("[ACC-15] refuses a secret that %s", async (_, secret) => {
    await expect(createToken(CLAIMS, secret)).rejects.toMatchObject({
      name: "DormouseError",
      code: "misconfigured",
      message: expect.stringContaining("at least 32"),
    });
  });

  test("[ACC-15] accepts a secret of 32 characters", async () => {
    const secret = "x".repeat(32);
    const { grant } = await verifyToken(await createToken(CLAIMS, secret), { ...AUTH, secret });
    expect(grant.member).toBe("ada");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no member", { member: undefined }, "invalid_event"],
    ["the member id of a guest", { member: "guest_1" }, "invalid_event"],
    ["a member id that is a path step", { member: ".." }, "invalid_event"],
    ["a member id of 129 characters", { member: "x".repeat(129) }, "invalid_event"],
    ["an empty name", { name: "" }, "invalid_event"],
    ["no room", { rooms: [] }, "invalid_event"],
    ["a room that is text", { rooms: "lobby" }, "invalid_event"],
    ["a room name with a slash", { rooms: ["a/b"] }, "invalid_room"],
    ["no capability", { can: [] }, "invalid_event"],
    ["an unknown capability", { can: ["fly"] }, "invalid_event"],
    ["a lifetime of 0", { expiresIn: 0 }, "invalid_event"],
    ["a lifetime that is no number", { expiresIn: Number.NaN }, "invalid_event"],
    ["a lifetime beyond the year 9999", { expiresIn: 1e12 }, "invalid_event"],
    ["a claim that the service reads", { claims: { sub: "bob" } }, "invalid_event"],
    ["claims of more than 2,048 bytes", { claims: { text: "x".repeat(2048) } }, "too_big"],
    [
      "rooms of more than 8,192 bytes",
      { rooms: Array.from({ length: 900 }, (_, i) => `room-${i}`) },
      "too_big",
    ],
  ])("[ACC-15] refuses %s", async (_, claims, code) => {
    await expect(createToken(wrong(claims), SECRET)).rejects.toMatchObject({ name: "DormouseError", code });
  });

  test("[ACC-15] says that rooms is a list, where it is a text", async () => {
    await expect(createToken(wrong({ rooms: "lobby" }), SECRET)).rejects.toThrow('["lobby"]');
  });
});
