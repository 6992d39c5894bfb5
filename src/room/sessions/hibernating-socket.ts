import type { Connection, Frame } from "../../rpc/connection.ts";

const OPEN = 1;

/** A WebSocket that the runtime keeps open while its object hibernates (Cloudflare: WebSocket Hibernation API). */
export class HibernatingSocket implements Connection {
  readonly #socket: WebSocket;
  readonly #ctx: DurableObjectState;

  constructor(socket: WebSocket, ctx: DurableObjectState) {
    this.#socket = socket;
    this.#ctx = ctx;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === OPEN;
  }

  get lastPingAt(): number {
    return this.#ctx.getWebSocketAutoResponseTimestamp(this.#socket)?.getTime() ?? 0;
  }

  send(frame: Frame): void {
    this.#socket.send(frame);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  load(): unknown {
    return this.#socket.deserializeAttachment();
  }

  save(state: unknown): void {
    this.#socket.serializeAttachment(state);
  }
}
