/**
 * The agreement of this browser's tabs, by Web Locks: one of them watches the other rooms, and none watches a room that a tab has open.
 * Where there are no locks (a page without TLS), each tab is on its own.
 */

const LEADER = "dormouse.watch";
const roomLock = (room: string) => `dormouse.open ${room}`;

const locks: LockManager | undefined = navigator.locks;
const opened = typeof BroadcastChannel === "function" ? new BroadcastChannel("dormouse.opened") : undefined;

const forever = () => new Promise<never>(() => {});

/** Calls `lead` once this tab is the one that watches, for as long as it is open. */
export function whenLeading(lead: () => void): void {
  if (locks === undefined) lead();
  else
    void locks.request(LEADER, () => {
      lead();
      return forever();
    });
}

/** Calls `opened` with each room that another tab opens. */
export function onOpenedElsewhere(listener: (room: string) => void): void {
  opened?.addEventListener("message", ({ data }) => listener(String(data)));
}

/** Holds a lock until it is released, or gives up waiting for it. */
function hold(name: string, mode: LockMode, onHeld: () => void): () => void {
  if (locks === undefined) {
    onHeld();
    return () => {};
  }
  const stop = new AbortController();
  const released = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  locks
    .request(name, { mode, signal: stop.signal }, () => {
      if (!stop.signal.aborted) onHeld();
      return released;
    })
    .catch(() => {});
  return () => stop.abort();
}

/** Tells the other tabs that this one has a room open. @returns a function that ends that */
export function holdOpen(room: string): () => void {
  const release = hold(roomLock(room), "shared", () => {});
  opened?.postMessage(room);
  return release;
}

/** Calls `onFree` once no tab has the room open. @returns a function that lets go of the room */
export function holdUnopened(room: string, onFree: () => void): () => void {
  return hold(roomLock(room), "exclusive", onFree);
}
