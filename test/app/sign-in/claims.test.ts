import { describe, expect, test } from "vitest";
import { isEnded, mayCover, parseJwt } from "../../../src/app/sign-in/claims.ts";
import { parseSignInInfo } from "../../../src/app/sign-in/sign-in-info.ts";
import { base64url, inSeconds, token, tokenOf } from "../../support/tokens.ts";

describe("parseJwt", () => {
  test("[PAGE-36] reads the claims of a token in UTF-8", () => {
    const jwt = token({ name: "Ada 🐭" });
    expect(parseJwt(jwt)).toMatchObject({ token: jwt, isInvitation: false, claims: { name: "Ada 🐭" } });
  });

  test("[PAGE-38] tells an invitation by its type", () => {
    const jwt = token({}, { header: { alg: "HS256", typ: "invitation+jwt" } });
    expect(parseJwt(jwt)?.isInvitation).toBe(true);
  });

  test.each([
    "",
    "a.b",
    "a.b.c",
    "a.b.c.d",
    `${token()} `,
    token().replaceAll(".", "%2E"),
    tokenOf("5"),
    tokenOf("null"),
    tokenOf("{"),
    `${base64url("{}")}.${base64url("{}")}.`,
    `${base64url("{}")}.${base64url(JSON.stringify({ pad: "x".repeat(9000) }))}.c`,
  ])("[PAGE-36] takes no other text (%#)", (text) => {
    expect(parseJwt(text)).toBe(undefined);
  });
});

test("[PAGE-36] a token has ended five minutes after its time, since the clock of a device may be wrong", () => {
  expect(isEnded({ exp: inSeconds(-200) })).toBe(false);
  expect(isEnded({ exp: inSeconds(-400) })).toBe(true);
  expect(isEnded({})).toBe(false);
  expect(isEnded({ exp: "soon" })).toBe(false);
});

test.each([
  [["club"], true],
  [["clu*"], true],
  [["*"], true],
  [undefined, true],
  [["club2", "Club"], false],
  [[], false],
  [[5, null], false],
])("[PAGE-38] a token with the rooms %j may cover the room club: %j", (rooms, expected) => {
  expect(mayCover({ rooms }, "club")).toBe(expected);
});

test.each([
  [{ tokenRequired: true, loginUrl: "/login" }, "https://rooms.test/login"],
  [{ loginUrl: "https://login.test/a?b" }, "https://login.test/a?b"],
  [{ loginUrl: "javascript:alert(1)" }, undefined],
  [{ loginUrl: "data:text/html,hi" }, undefined],
  [{ loginUrl: "http://" }, undefined],
  [{ loginUrl: 5 }, undefined],
  [null, undefined],
  ["text", undefined],
])("[PAGE-36] the page opens of %j only an address of a site", (json, expected) => {
  expect(parseSignInInfo(json, "https://rooms.test/#lobby").loginUrl?.href).toBe(expected);
});
