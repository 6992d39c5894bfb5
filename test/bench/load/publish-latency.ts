import type { TestSocket } from "../../support/socket.ts";

/** The pause after each message. */
const PAUSE_MS = 60;

/** The time a message was sent, and how long it took to return, in milliseconds. */
export type Sample = { from: number; ms: number };

/** Publishes messages with pauses, and measures how long each takes to return. */
export async function publishLatencies(quiet: TestSocket, tag: string, messages: number): Promise<Sample[]> {
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
