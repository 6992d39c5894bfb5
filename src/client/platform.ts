/** A `Storage` (HTML Standard, section 12.2). */
export type KeyValueStorage = {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
};

type EventTarget = {
  addEventListener(type: string, listener: () => void, options: { signal: AbortSignal }): void;
};

/** A `LockManager` (Web Locks API). */
type LockManager = {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    hold: () => Promise<void>,
  ): Promise<unknown>;
};

/** A `BroadcastChannel` (HTML Standard, section 9.5). */
export type Channel = {
  onmessage: ((event: never) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
};

/** The browser globals that other runtimes may lack. Their type declarations disagree, so this one stands alone. */
type Platform = Partial<EventTarget> & {
  location?: { origin: string };
  sessionStorage?: KeyValueStorage;
  localStorage?: KeyValueStorage;
  document?: EventTarget & { visibilityState: string };
  navigator?: { locks?: LockManager };
  BroadcastChannel?: new (name: string) => Channel;
};

/** The browser APIs that tabs need to share a socket. */
export type TabFeatures = { locks: LockManager; BroadcastChannel: new (name: string) => Channel };

export const platform: Platform = globalThis as never;

/** Calls the listener when the network comes or goes, and when the page is hidden or shown. Returns a function that stops it. */
export function onNetworkOrVisibilityChange(listener: () => void): () => void {
  const stop = new AbortController();
  platform.addEventListener?.("online", listener, stop);
  platform.addEventListener?.("offline", listener, stop);
  platform.document?.addEventListener("visibilitychange", listener, stop);
  return () => stop.abort();
}

/** Always true where there is no page. */
export function isPageVisible(): boolean {
  return platform.document?.visibilityState !== "hidden";
}

export type Timer = ReturnType<typeof setTimeout>;

/** `clearTimeout` accepts `undefined` everywhere, but not in every runtime's types. */
export function clearTimer(timer: Timer | undefined): void {
  clearTimeout(timer as never);
}

/** 128 random bits in at most 31 characters. (`crypto.randomUUID` is missing on pages without TLS.) */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("-");
}

/** Undefined where there is no page, or where its browser lacks something: Web Locks need TLS. */
export function tabFeatures(): TabFeatures | undefined {
  const { document, navigator, BroadcastChannel } = platform;
  const locks = navigator?.locks;
  return document && locks && BroadcastChannel && { locks, BroadcastChannel };
}
