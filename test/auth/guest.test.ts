import { describe, expect, test } from "vitest";
import { guestGrant } from "../../src/auth/guest.ts";
import { GUEST_KEY_CHARS } from "../../src/protocol/limits.ts";

const KEY = "abcdefghijklmnop";

const memberOf = async (key: string | undefined) => (await guestGrant(key, undefined, 64)).member;

describe("guestGrant", () => {
  test("[ACC-3] derives the same member id from a key in every version", async () => {
    // The first 16 bytes of SHA-256 of "dormouse guest abcdefghijklmnop". With another id, every guest would lose their identity.
    expect(await memberOf(KEY)).toBe("guest_sMEnJDXKjifNZ1iL8WbitQ");
  });

  test("[ACC-3] derives different ids from keys that differ in case or in the last character", async () => {
    const keys = [KEY, "Abcdefghijklmnop", "abcdefghijklmnoq", `${KEY}q`, "a".repeat(GUEST_KEY_CHARS.max)];
    expect(new Set(await Promise.all(keys.map(memberOf))).size).toBe(keys.length);
  });

  test("[ACC-3] does not reveal the key in the id", async () => {
    expect(await memberOf(KEY)).not.toContain(KEY.slice(0, 4));
  });

  test("[ACC-3] makes a random id of the same form without a key", async () => {
    const members = await Promise.all([memberOf(undefined), memberOf(undefined), memberOf(KEY)]);
    expect(new Set(members).size).toBe(3);
    for (const member of members) expect(member).toMatch(/^guest_[A-Za-z0-9_-]{22}$/);
  });

  test("[ACC-3] derives the id without regard to the name", async () => {
    const { member } = await guestGrant(KEY, "Ada", 64);
    expect(member).toBe(await memberOf(KEY));
  });

  test.each([
    ["16 characters", "a".repeat(GUEST_KEY_CHARS.min), true],
    ["15 characters", "a".repeat(GUEST_KEY_CHARS.min - 1), false],
    ["64 characters", "a".repeat(GUEST_KEY_CHARS.max), true],
    ["65 characters", "a".repeat(GUEST_KEY_CHARS.max + 1), false],
    ["every kind of base64url character", "ABCXYZabcxyz0189-_", true],
    ["a base64 character that base64url lacks", "abcdefghijklmno+", false],
    ["padding", "abcdefghijklmno=", false],
    ["a letter outside ASCII", "abcdefghijklmnoé", false],
    ["a trailing newline", `${KEY}\n`, false],
    ["no characters", "", false],
  ])("[ACC-3] checks a guest key with %s", async (_what, key, good) => {
    const grant = guestGrant(key, undefined, 64);
    if (good) expect((await grant).member).toMatch(/^guest_/);
    else await expect(grant).rejects.toMatchObject({ code: "invalid_token" });
  });

  test("grants every capability but admin", async () => {
    expect((await guestGrant(KEY, undefined, 64)).can).toEqual(["read", "publish", "signal", "presence"]);
  });

  test("uses the requested name, or makes one from the id", async () => {
    expect((await guestGrant(KEY, "  Ada ", 64)).name).toBe("Ada");
    const { member, name } = await guestGrant(KEY, undefined, 64);
    expect(name).toMatch(/^guest-.{4}$/);
    expect(member).toContain(name.slice("guest-".length));
    await expect(guestGrant(KEY, "Ada", 2)).rejects.toMatchObject({ code: "invalid_name" });
  });

  test("returns a new list of capabilities each time", async () => {
    const first = await guestGrant(KEY, undefined, 64);
    first.can.push("admin");
    expect((await guestGrant(KEY, undefined, 64)).can).not.toContain("admin");
  });
});
