import { expect, test } from "vitest";
import { checkOrigin } from "../../src/auth/origin.ts";
import { parseSettings } from "../../src/settings/settings.ts";

/** Whether a page of `origin` may connect where ALLOWED_ORIGINS is `setting`. */
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

test.each([
  ["a page of the list", "https://app.example", true],
  ["the same in other case", "HTTPS://App.Example", true],
  ["a page of the list, with its port", "https://example.org:8443", true],
  ["another port", "https://example.org", false],
  ["another scheme", "http://app.example", false],
  ["a name that begins as one of the list", "https://app.example.evil.test", false],
  ["a name that ends as one of the list", "https://evil-app.example", false],
  ["a subdomain", "https://sub.app.example", false],
  ["a page without an origin of its own", "null", false],
  ["an empty origin", "", false],
  ["the service's own pages", "https://rooms.example", true],
  ["a client that is no browser", undefined, true],
])("[ACC-2] %s, with a list", (_what, origin, good) => {
  expect(mayConnect(origin, LIST)).toBe(good);
});

test.each([["https://anyone.test"], ["null"], [undefined]])("[ACC-2] %s, with *", (origin) => {
  expect(mayConnect(origin, "*")).toBe(true);
});

test.each(["cross-site", "same-site", "same-origin", "none"])(
  "[ACC-11] Sec-Fetch-Site: %s, with *",
  (site) => {
    const request = new Request("https://rooms.example/v1/rooms/a", { headers: { "sec-fetch-site": site } });
    expect(() => checkOrigin(request, "*")).not.toThrow();
  },
);
