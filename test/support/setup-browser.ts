import { chromiumPath } from "./browser.ts";

/** Once before the tests that use a browser, so that an installation does not count against a test's time. */
export function setup(): void {
  chromiumPath();
}
