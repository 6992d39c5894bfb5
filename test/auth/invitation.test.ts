import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { authenticate } from "../../src/auth/authenticate.ts";
import { guestGrant } from "../../src/auth/guest.ts";
import { isInvitation, signInvitation } from "../../src/auth/invitation.ts";
import { verifyToken } from "../../src/auth/token.ts";
import { parseSettings } from "../../src/settings/settings.ts";
import { inSeconds, SECRET, sign } from "./tokens.ts";

const SETTINGS = parseSettings({ AUTH_MODE: "token", AUTH_SECRET: SECRET });
const INVITER = { member: "ada" };
const KEYS = ["abcdefghijklmnop", "qrstuvwxyz012345"] as const;

const invitation = async (room = "lobby") =>
  (await signInvitation(room, INVITER, ["read", "publish"], 3600, SETTINGS.auth)).token;

const enter = (room: string, credential: string, name?: string) =>
  authenticate([room], credential, name, SETTINGS);

/** A token with the type of an invitation and any claims. */
const crafted = (claims: Record<string, unknown>, typ = "invitation+jwt") =>
  new SignJWT({
    rooms: ["lobby"],
    can: ["read"],
    iat: inSeconds(0),
    exp: inSeconds(60),
    inviter: "ada",
    ...claims,
  })
    .setProtectedHeader({ alg: "HS256", typ })
    .sign(new TextEncoder().encode(SECRET));

describe("an invitation", () => {
  test("[ACC-31] opens its room and no other", async () => {
    const token = await invitation();
    expect(await enter("lobby", token)).toMatchObject({ can: ["read", "publish"], guest: true });
    await expect(enter("lobby2", token)).rejects.toMatchObject({ code: "forbidden" });
    await expect(authenticate(["lobby", "other"], token, undefined, SETTINGS)).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("[ACC-32] makes everyone who has it the guest of their own key, under a name of their own", async () => {
    const token = await invitation();
    const [ada, bob] = await Promise.all(KEYS.map((key) => enter("lobby", `${token}.${key}`, "Bob")));
    expect(ada?.member).toBe((await guestGrant(KEYS[0], undefined, 64)).member);
    expect(bob?.member).not.toBe(ada?.member);
    expect(bob).toMatchObject({ name: "Bob", claims: { inviter: "ada" }, until: expect.any(Number) });
    const nameless = await Promise.all([enter("lobby", token), enter("lobby", token)]);
    expect(new Set(nameless.map(({ member }) => member)).size).toBe(2);
  });

  test.each(["short", "a.b", "", "with space 012345678"])(
    "[ACC-32] is refused with the invalid guest key %j",
    async (key) => {
      const credential = `${await invitation()}.${key}`;
      await expect(enter("lobby", credential)).rejects.toMatchObject({ code: "invalid_token" });
    },
  );

  test.each([
    ["several rooms", { rooms: ["lobby", "other"] }],
    ["a pattern of rooms", { rooms: ["*"] }],
    ["no rooms", { rooms: undefined }],
    ["no capabilities", { can: undefined }],
    ["a member", { sub: "ada" }],
    ["no end", { exp: undefined }],
    ["an end that has passed", { exp: inSeconds(-1) }],
    ["an end after more than seven days", { exp: inSeconds(8 * 86_400) }],
    ["no time of issue", { iat: undefined }],
  ])("[ACC-31] is refused with %s", async (_what, claims) => {
    await expect(enter("lobby", await crafted(claims))).rejects.toMatchObject({ code: "invalid_token" });
  });

  test("[ACC-31] grants no more than a guest has, whatever it says", async () => {
    const token = await crafted({ can: ["read", "moderate", "admin", "fly"] });
    expect((await enter("lobby", token)).can).toEqual(["read"]);
  });

  test("[ACC-31] with another signature grants nothing", async () => {
    const [header, payload] = (await invitation()).split(".");
    const forged = `${header}.${payload}.${"A".repeat(43)}.${KEYS[0]}`;
    await expect(enter("lobby", forged)).rejects.toMatchObject({ code: "invalid_token" });
  });

  test("[ACC-32] is no token, and no token is an invitation", async () => {
    await expect(verifyToken(await invitation(), SETTINGS.auth)).rejects.toMatchObject({
      code: "invalid_token",
    });
    const token = await sign();
    expect(isInvitation(token)).toBe(false);
    await expect(enter("lobby", `${token}.${KEYS[0]}`)).rejects.toMatchObject({ code: "invalid_token" });
    await expect(enter("lobby", await crafted({}, "JWT"))).rejects.toMatchObject({ code: "invalid_token" });
    for (const text of ["", "...", "a.b.c.d", KEYS[0]]) expect(isInvitation(text)).toBe(false);
  });

  test("[ACC-31] cannot be made for a room whose name stands for many, or without a secret", async () => {
    await expect(invitation("team-*")).rejects.toMatchObject({ code: "invalid_room" });
    const byKeys = parseSettings({ AUTH_MODE: "token", AUTH_JWKS_URL: "https://keys.test" }).auth;
    await expect(signInvitation("lobby", INVITER, ["read"], 60, byKeys)).rejects.toMatchObject({
      code: "invitations_off",
    });
  });

  test("[ACC-31] names the issuer and audience that the service expects", async () => {
    const vars = { AUTH_ISSUER: "https://issuer.test", AUTH_AUDIENCE: "rooms" };
    const settings = parseSettings({ AUTH_MODE: "token", AUTH_SECRET: SECRET, ...vars });
    const { token } = await signInvitation("lobby", INVITER, ["read"], 60, settings.auth);
    expect(await authenticate(["lobby"], token, undefined, settings)).toMatchObject({ can: ["read"] });
  });
});
