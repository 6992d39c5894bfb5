import type { Flow } from "./flow.ts";
import type { UnreadBudget } from "./unread-budget.ts";

/**
 * Connections that the room closed and that have not ended yet. Their unread frames stay in memory until then, so they stay charged to
 * the room's budget.
 */
export class ClosingConnections {
  readonly #budget: UnreadBudget;
  readonly #flows = new Map<WebSocket, Flow>();

  constructor(budget: UnreadBudget) {
    this.#budget = budget;
  }

  add(socket: WebSocket, flow: Flow): void {
    this.#flows.set(socket, flow);
    this.#budget.onClosed(flow);
  }

  /** The connection of a socket has ended. */
  release(socket: WebSocket): void {
    const flow = this.#flows.get(socket);
    if (flow === undefined) return;
    this.#flows.delete(socket);
    this.#budget.remove(flow);
  }

  /** Releases the sockets that are no longer listed, because the platform does not report every end. */
  releaseGone(listSockets: () => readonly WebSocket[]): void {
    if (this.#flows.size === 0) return;
    const listed = new Set(listSockets());
    for (const socket of [...this.#flows.keys()]) if (!listed.has(socket)) this.release(socket);
  }
}
