/** What the browser keeps for this page. Where it may not (a private window, a full disk), the page goes on without. */

export function load(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether it was kept. An empty value takes the key away. */
export function keep(key: string, value: string): boolean {
  try {
    if (value === "") localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function keysFrom(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** JSON that was kept; undefined where there is none, or another page of this origin has put something else there. */
export function loadJson(key: string): unknown {
  try {
    return JSON.parse(load(key) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
