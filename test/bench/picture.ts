import type { Results } from "./results.ts";

export function picture(_: Results): string {
  return "";
}
