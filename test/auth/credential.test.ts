import { describe, expect, test } from "vitest";
import { credentialOf } from "../../src/auth/credential.ts";

describe("Authorization", () => {
  const of = (authorization: string) => {
    const request = new Request("https://dormouse.test/v1/rooms/a?token=third", {
      headers: { authorization },
    });
    return credentialOf(request, new URL(request.url));
  };

  test("names its scheme in any case, as RFC 9110 has it", () => {
    expect(of("bearer abc")).toBe("abc");
    expect(of("BEARER   abc")).toBe("abc");
  });

  test.each([["Basic YTpi"], ["Bearer"], ["Bearer a b"], ["abc"], ["Bearerabc"]])(
    "%j is refused, not passed over for the next credential",
    (authorization) => {
      expect(() => of(authorization)).toThrow(expect.objectContaining({ code: "invalid_token" }));
    },
  );
});
