import type { TestSocket } from "../support/socket.ts";

/** The pause after each message of a quiet neighbour, in milliseconds. */
const PAUSE_MS = 60;

/** When a message was sent, and how long it took to come back: milliseconds. */
export type Sample = { from: number; ms: number };

/** How long the member's own messages take to come back. */
export async function latencies(quiet: TestSocket, tag: string, messages: number): Promise<Sample[]> {
  const taken: Sample[] = [];
  for (let i = 0; i < messages; i++) {
    const id = `${tag}-${i}`;
    const from = performance.now();
    quiet.send({ type: "publish", id, data: "quiet" });
    while (!JSON.stringify(await quiet.until("messages", 30_000)).includes(id));
    taken.push({ from, ms: performance.now() - from });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return taken;
}
