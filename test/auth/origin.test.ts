import { describe, expect, test } from "vitest";
import { checkOrigin } from "../../src/auth/origin.ts";
import { parseSettings } from "../../src/settings/settings.ts";

/** Whether checkOrigin allows a page of `origin` where ALLOWED_ORIGINS is `setting`. */
function mayConnect(origin: string | undefined, setting: string): boolean {
  const headers: HeadersInit = origin === undefined ? {} : { origin };
  const request = new Request("https://rooms.example/v1/rooms/a", { headers });
  try {
    checkOrigin(request, parseSettings({ ALLOWED_ORIGINS: setting }).allowedOrigins);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "origin_refused" });
    return false;
  }
}

const LIST = "https://app.example, https://EXAMPLE.org:8443/";

describe("checkOrigin", () => {
  test.each([
    ["a listed origin", "https://app.example", true],
    ["a listed origin in another case", "HTTPS://App.Example", true],
    ["a listed origin with a port", "https://example.org:8443", true],
    ["another port", "https://example.org", false],
    ["another scheme", "http://app.example", false],
    ["a host that begins like a listed one", "https://app.example.evil.test", false],
    ["a host that ends like a listed one", "https://evil-app.example", false],
    ["a subdomain", "https://sub.app.example", false],
    ["the opaque origin", "null", false],
    ["an empty origin", "", false],
    ["the origin of the service", "https://rooms.example", true],
    ["a request without an origin", undefined, true],
  ])("[ACC-2] checks %s against a list", (_what, origin, good) => {
    expect(mayConnect(origin, LIST)).toBe(good);
  });

  test.each([["https://anyone.test"], ["null"], [undefined]])(
    "[ACC-2] allows the origin %s with *",
    (origin) => {
      expect(mayConnect(origin, "*")).toBe(true);
    },
  );

  test.each(["cross-site", "same-site", "same-origin", "none"])(
    "[ACC-11] allows Sec-Fetch-Site: %s with *",
    (site) => {
      const request = new Request("https://rooms.example/v1/rooms/a", {
        headers: { "sec-fetch-site": site },
      });
      expect(() => checkOrigin(request, "*")).not.toThrow();
    },
  );
});
