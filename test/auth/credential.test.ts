import { describe, expect, test } from "vitest";
import { credentialOf } from "../../src/auth/credential.ts";

describe("credentialOf", () => {
  const credential = (authorization: string) => {
    const request = new Request("https://dormouse.test/v1/rooms/a?token=third", {
      headers: { authorization },
    });
    return credentialOf(request, new URL(request.url));
  };

  test("accepts the scheme Bearer in any case (RFC 9110, section 11.1)", () => {
    expect(credential("bearer abc")).toBe("abc");
    expect(credential("BEARER   abc")).toBe("abc");
  });

  test.each([["Basic YTpi"], ["Bearer"], ["Bearer a b"], ["abc"], ["Bearerabc"]])(
    "refuses the header %j, and does not fall back to ?token=",
    (authorization) => {
      expect(() => credential(authorization)).toThrow(expect.objectContaining({ code: "invalid_token" }));
    },
  );

  test("falls back to ?token= without the header", () => {
    const request = new Request("https://dormouse.test/v1/rooms/a?token=third");
    expect(credentialOf(request, new URL(request.url))).toBe("third");
    const without = new Request("https://dormouse.test/v1/rooms/a?token=");
    expect(credentialOf(without, new URL(without.url))).toBeUndefined();
  });
});
