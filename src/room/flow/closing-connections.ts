import type { Flow } from "./flow.ts";
import type { UnreadBudget } from "./unread-budget.ts";

/**
 * Sockets that were closed here and are not gone yet. What a peer does not read stays in memory until its connection ends, so it
 * counts against the room until then.
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

  /** The platform does not report each end. To be asked when the budget is used up. */
  releaseGone(there: () => readonly WebSocket[]): void {
    if (this.#flows.size === 0) return;
    const sockets = new Set(there());
    for (const socket of [...this.#flows.keys()]) if (!sockets.has(socket)) this.release(socket);
  }
}
