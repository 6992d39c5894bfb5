/** A `Storage` (HTML Standard, section 12.2). */
export type KeyValues = { getItem(key: string): string | null; setItem(key: string, value: string): void };

type Target = {
  addEventListener(type: string, listener: () => void, options: { signal: AbortSignal }): void;
};

/** What a browser has and other runtimes may not; their own type declarations disagree, so this one goes by itself. */
type Surroundings = Partial<Target> & {
  location?: { origin: string };
  sessionStorage?: KeyValues;
  localStorage?: KeyValues;
  document?: Target & { visibilityState: string };
};

export const surroundings: Surroundings = globalThis as never;

/** Calls when the network comes or goes, and when the page is hidden or shown. The function that comes back stops it. */
export function onDoubt(listener: () => void): () => void {
  const stop = new AbortController();
  surroundings.addEventListener?.("online", listener, stop);
  surroundings.addEventListener?.("offline", listener, stop);
  surroundings.document?.addEventListener("visibilitychange", listener, stop);
  return () => stop.abort();
}

/** Whether somebody may be looking: always, where there is no page. */
export function isShown(): boolean {
  return surroundings.document?.visibilityState !== "hidden";
}

export type Timer = ReturnType<typeof setTimeout>;

/** `clearTimeout` takes no timer for an answer everywhere, but not in every runtime's types. */
export function stopTimer(timer: Timer | undefined): void {
  clearTimeout(timer as never);
}
