/**
 * The service worker: caches the page for offline use. Each request goes to the network first, so that a deploy is visible at the
 * next load. The cache answers only if the network does not.
 */

type ExtendableEvent = { waitUntil(done: Promise<unknown>): void };
type FetchEvent = { request: Request; respondWith(response: Promise<Response>): void } & ExtendableEvent;
type ClickEvent = { notification: { data: string; close(): void } } & ExtendableEvent;
type Tab = { url: string; focus(): Promise<unknown>; postMessage(hash: string): void };
type ServiceWorkerScope = {
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: ClickEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<Tab[]>;
    openWindow(url: string): Promise<unknown>;
  };
  location: { origin: string };
};

/** The DOM library of TypeScript does not declare the scope of service workers. */
const worker = globalThis as unknown as ServiceWorkerScope;

/** The name stays the same, since each response replaces the cached one of its path. */
const CACHE = "dormouse-shell-1";
const CACHED_PATHS = [
  "/",
  "/start.js",
  "/app.js",
  "/shared.js",
  "/more.js",
  "/en.js",
  "/en-more.js",
  "/zh.js",
  "/zh-more.js",
  "/qr.js",
  "/markdown.js",
  "/highlight.js",
  "/style.css",
  "/more.css",
  "/icon.svg",
  "/manifest.webmanifest",
];
/** How long the network may take to start a response. */
const NETWORK_TIMEOUT_MS = 4000;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(CACHED_PATHS))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  // A file that is opened as a page of its own is left to the browser.
  if (request.mode === "navigate" && url.pathname !== "/") return;
  if (CACHED_PATHS.includes(url.pathname)) event.respondWith(fetchOrCached(url.pathname, request, event));
});

async function fetchOrCached(path: string, request: Request, event: ExtendableEvent): Promise<Response> {
  const cache = await caches.open(CACHE);
  // The timeout covers the response headers only; the body may take longer.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), NETWORK_TIMEOUT_MS);
  try {
    // "no-cache" revalidates the browser's own HTTP cache.
    const response = await fetch(request, { signal: timeout.signal, cache: "no-cache" });
    if (response.ok) event.waitUntil(cache.put(path, response.clone()));
    return response;
  } catch (error) {
    const cached = await cache.match(path);
    if (cached === undefined) throw error;
    return cached;
  } finally {
    clearTimeout(timer);
  }
}

/** The data of a notification is the address of its message. A tab shows it: the one that was used last, or a new one. */
worker.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification.close();
  // A reload past the cache leaves a tab without a service worker, and the tabs of other pages have one.
  const tabs = worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  event.waitUntil(
    tabs.then((all) => {
      const tab = all.find(({ url }) => new URL(url).pathname === "/");
      tab?.postMessage(notification.data);
      return tab?.focus() ?? worker.clients.openWindow(`/${notification.data}`);
    }),
  );
});
