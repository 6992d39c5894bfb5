import { chromiumPath } from "./browser.ts";

/** Finds or installs Chromium before the tests, so that no test waits for an installation. */
export function setup(): void {
  chromiumPath();
}
