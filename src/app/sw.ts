/**
 * The service worker: it keeps the shell of the page for when there is no network, and stands in nobody's way when there is.
 * The network is asked first each time, so a deploy is seen at the next load; what is kept serves only where no answer
 * comes.
 */

type Lifetime = { waitUntil(done: Promise<unknown>): void };
type Fetching = { request: Request; respondWith(answer: Promise<Response>): void } & Lifetime;
type ServiceWorkerScope = {
  addEventListener(type: "install" | "activate", listener: (event: Lifetime) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: { origin: string };
};

/** The types of a page know no service worker. */
const worker = globalThis as unknown as ServiceWorkerScope;

/** One name for good: what is fetched replaces what was kept under the same path. */
const CACHE = "dormouse-shell-1";
const SHELL = ["/", "/app.js", "/qr.js", "/style.css", "/icon.svg", "/manifest.webmanifest"];
/** A network that is there and does not answer is as good as none. */
const PATIENCE_MS = 4000;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const path = request.mode === "navigate" ? "/" : url.pathname;
  if (request.method !== "GET" || url.origin !== worker.location.origin || !SHELL.includes(path)) return;
  // Another page of this origin is not this one.
  if (request.mode === "navigate" && url.pathname !== "/") return;
  event.respondWith(answer(path, request, event));
});

async function answer(path: string, request: Request, event: Lifetime): Promise<Response> {
  const cache = await caches.open(CACHE);
  // Once an answer has begun it may take as long as it needs.
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(), PATIENCE_MS);
  try {
    // Asked anew, whatever the browser still holds: where nothing has changed, the answer is a short one.
    const response = await fetch(request, { signal: impatience.signal, cache: "no-cache" });
    if (response.ok) event.waitUntil(cache.put(path, response.clone()));
    return response;
  } catch (error) {
    const kept = await cache.match(path);
    if (kept === undefined) throw error;
    return kept;
  } finally {
    clearTimeout(timer);
  }
}
