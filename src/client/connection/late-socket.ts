import type { SocketLike } from "../options.ts";

type Target = Pick<SocketLike, "bufferedAmount" | "send" | "close">;

/** A socket whose other end is found later: the hub of several tabs, or a socket of the runtime. Nothing is sent before the welcome arrives. */
export class LateSocket implements SocketLike {
  binaryType = "";
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  isClosed = false;
  #target: Target | undefined;

  get bufferedAmount(): number {
    return this.#target?.bufferedAmount ?? 0;
  }

  send(data: string | ArrayBuffer): void {
    this.#target?.send(data);
  }

  close(code?: number, reason?: string): void {
    this.isClosed = true;
    this.#target?.close(code, reason);
    this.#target = undefined;
  }

  attach(target: Target): void {
    this.#target = target;
  }

  /** Goes on as this socket. */
  become(socket: SocketLike): void {
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => this.receive(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.end(code, reason);
    socket.onerror = () => {};
    this.attach(socket);
  }

  receive(data: string | ArrayBuffer): void {
    this.onmessage?.({ data } as never);
  }

  /** The other end closes. */
  end(code: number, reason: string): void {
    this.#target = undefined;
    this.onclose?.({ code, reason } as never);
  }
}
