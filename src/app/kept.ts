import { signal } from "@preact/signals";

/** What the browser keeps for this page. Where it may not (a private window, a full disk), the page goes on without. */

/** For all tabs, or for this one. */
type Where = "localStorage" | "sessionStorage";

export function load(key: string, where: Where = "localStorage"): string | undefined {
  try {
    return globalThis[where].getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether it was kept. An empty value takes the key away. */
export function keep(key: string, value: string, where: Where = "localStorage"): boolean {
  try {
    if (value === "") globalThis[where].removeItem(key);
    else globalThis[where].setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** Why what was written is not kept: there is no space left, or the browser keeps nothing for this page. Empty: it is. */
export const trouble = signal<"" | "full" | "blocked">("");
let isTold = false;

/** The same, of what somebody would miss: it is told, but not again until something could be kept in between. */
export function keepOrTell(key: string, value: string): boolean {
  const isKept = keep(key, value);
  if (isKept && value !== "") isTold = false;
  if (isKept || isTold) return isKept;
  isTold = true;
  // To take away what is not there needs no space.
  trouble.value = keep("dormouse.", "") ? "full" : "blocked";
  return false;
}

export function keysFrom(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** JSON that was kept; undefined where there is none, or another page of this origin has put something else there. */
export function loadJson(key: string, where?: Where): unknown {
  try {
    return JSON.parse(load(key, where) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
