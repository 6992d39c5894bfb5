import { expect, test } from "vitest";
import { guestGrant } from "../../src/auth/guest.ts";
import { GUEST_KEY_CHARS } from "../../src/protocol/limits.ts";

const KEY = "abcdefghijklmnop";

const memberOf = async (key: string | undefined) => (await guestGrant(key, undefined, 64)).member;

test("[ACC-3] the id of a key is the same today as it was when the key was made", async () => {
  // The first 16 bytes of SHA-256 of "dormouse guest abcdefghijklmnop": were it another, every guest would be a stranger.
  expect(await memberOf(KEY)).toBe("guest_sMEnJDXKjifNZ1iL8WbitQ");
});

test("[ACC-3] another key is another member, also where it differs in case or by its last character", async () => {
  const keys = [KEY, "Abcdefghijklmnop", "abcdefghijklmnoq", `${KEY}q`, "a".repeat(GUEST_KEY_CHARS.max)];
  expect(new Set(await Promise.all(keys.map(memberOf))).size).toBe(keys.length);
});

test("[ACC-3] the id tells nothing of the key", async () => {
  expect(await memberOf(KEY)).not.toContain(KEY.slice(0, 4));
});

test("[ACC-3] without a key every visit is another member, with an id of the same form", async () => {
  const members = await Promise.all([memberOf(undefined), memberOf(undefined), memberOf(KEY)]);
  expect(new Set(members).size).toBe(3);
  for (const member of members) expect(member).toMatch(/^guest_[A-Za-z0-9_-]{22}$/);
});

test("[ACC-3] the name that a guest chose does not change who it is", async () => {
  const { member } = await guestGrant(KEY, "Ada", 64);
  expect(member).toBe(await memberOf(KEY));
});

test.each([
  ["the fewest characters", "a".repeat(GUEST_KEY_CHARS.min), true],
  ["one less", "a".repeat(GUEST_KEY_CHARS.min - 1), false],
  ["the most characters", "a".repeat(GUEST_KEY_CHARS.max), true],
  ["one more", "a".repeat(GUEST_KEY_CHARS.max + 1), false],
  ["all of base64url", "ABCXYZabcxyz0189-_", true],
  ["base64 that is not base64url", "abcdefghijklmno+", false],
  ["padding", "abcdefghijklmno=", false],
  ["a letter that is not Latin", "abcdefghijklmnoé", false],
  ["a newline at its end", `${KEY}\n`, false],
  ["nothing", "", false],
])("[ACC-3] a key of %s", async (_what, key, good) => {
  const grant = guestGrant(key, undefined, 64);
  if (good) expect((await grant).member).toMatch(/^guest_/);
  else await expect(grant).rejects.toMatchObject({ code: "invalid_token" });
});

test("a guest may do all but be an admin", async () => {
  expect((await guestGrant(KEY, undefined, 64)).can).toEqual(["read", "publish", "signal", "presence"]);
});

test("a guest has the name that it chose, or one that is made of its id", async () => {
  expect((await guestGrant(KEY, "  Ada ", 64)).name).toBe("Ada");
  const { member, name } = await guestGrant(KEY, undefined, 64);
  expect(name).toMatch(/^guest-.{4}$/);
  expect(member).toContain(name.slice("guest-".length));
  await expect(guestGrant(KEY, "Ada", 2)).rejects.toMatchObject({ code: "invalid_name" });
});

test("no grant can be changed by another's", async () => {
  const first = await guestGrant(KEY, undefined, 64);
  first.can.push("admin");
  expect((await guestGrant(KEY, undefined, 64)).can).not.toContain("admin");
});
