import { describe, expect, test } from "vitest";
import { identityOf } from "../../../src/client/tabs/identity.ts";

const token = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

describe("identityOf", () => {
  test("[TABS-3] is the same for two tokens of one member with the same rights", () => {
    const claims = { sub: "ada", can: ["read"], name: "Zoë ÿ" };
    expect(identityOf(token({ ...claims, exp: 1, iat: 0, jti: "a" }))).toBe(
      identityOf(token({ ...claims, exp: 2, iat: 1, jti: "b" })),
    );
  });

  test("[TABS-3] differs for other members and other rights, and is the key of a guest", () => {
    const ada = identityOf(token({ sub: "ada", can: ["read"] }));
    expect(identityOf(token({ sub: "bob", can: ["read"] }))).not.toBe(ada);
    expect(identityOf(token({ sub: "ada", can: ["read", "publish"] }))).not.toBe(ada);
    expect(identityOf("ada-0123456789abcdef")).toBe("ada-0123456789abcdef");
  });
});
