/** The world that the components see: one time, no network, languages with 12-hour clocks. `main.tsx` imports it first. */

export const NOW = Date.UTC(2026, 10, 24, 15, 4, 30);

const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [NOW] : args) as [number]));
  }
  static override now(): number {
    return NOW;
  }
} as DateConstructor;

/** A socket on which nothing happens by itself. */
export class SilentSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static last: SilentSocket | undefined;
  readyState = 0;
  binaryType = "blob";
  readonly bufferedAmount = 0;
  readonly protocol = "dormouse.v1";
  readonly extensions = "";

  constructor() {
    super();
    SilentSocket.last = this;
  }
  send(): void {}
  close(): void {}
}
globalThis.WebSocket = SilentSocket as never;

// The times of these locales are the widest.
Object.defineProperty(navigator, "languages", { get: () => ["en-US", "zh-TW"] });
