import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pageSockets } from "../../../src/client/connection/page-sockets.ts";
import { MAX_CONNECTING } from "../../../src/client/limits.ts";

/** A WebSocket of a browser, which connects when the test says so. */
class BrowserSocket extends EventTarget {
  static readonly created: BrowserSocket[] = [];
  readonly url: string;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  isClosed = false;

  constructor(url: string) {
    super();
    if (url === "invalid") throw new SyntaxError("The address is not valid.");
    this.url = url;
    BrowserSocket.created.push(this);
  }

  open(): void {
    this.dispatchEvent(new Event("open"));
  }

  fail(): void {
    this.dispatchEvent(new Event("close"));
    this.onclose?.({ code: 1006, reason: "" });
  }

  close(): void {
    this.isClosed = true;
  }
}

const urls = () => BrowserSocket.created.map(({ url }) => url);

beforeEach(() => void vi.stubGlobal("WebSocket", BrowserSocket));
afterEach(() => {
  // The sockets of a page outlive one test.
  for (const socket of BrowserSocket.created) socket.open();
  BrowserSocket.created.length = 0;
  vi.unstubAllGlobals();
});

/** As many sockets as connect at once, and more that wait. */
function connectMany(...more: string[]) {
  const create = pageSockets();
  const first = Array.from({ length: MAX_CONNECTING }, (_, i) => `${i}`);
  return [...first, ...more].map((url) => create(url, []));
}

describe("pageSockets", () => {
  test("[VIEW-9] connects a few sockets at a time, in the order of the calls", () => {
    connectMany("a", "b", "c");
    expect(urls()).toHaveLength(MAX_CONNECTING);
    BrowserSocket.created[3]?.open();
    expect(urls().slice(MAX_CONNECTING)).toEqual(["a"]);
    BrowserSocket.created[0]?.fail();
    expect(urls().slice(MAX_CONNECTING)).toEqual(["a", "b"]);
    // A socket that was open counts no more when it closes.
    BrowserSocket.created[3]?.fail();
    expect(urls().slice(MAX_CONNECTING)).toEqual(["a", "b"]);
    BrowserSocket.created[1]?.open();
    expect(urls().slice(MAX_CONNECTING)).toEqual(["a", "b", "c"]);
  });

  test("[VIEW-9] hands on what a socket receives that had to wait, its end included", () => {
    const late = connectMany("a").at(-1);
    if (late === undefined) throw new Error("There is no socket.");
    const arrived: unknown[] = [];
    late.onmessage = ({ data }: { data: unknown }) => arrived.push(data);
    late.onclose = ({ code }: { code: number }) => arrived.push(code);
    BrowserSocket.created[0]?.open();
    const [socket] = BrowserSocket.created.slice(MAX_CONNECTING);
    socket?.open();
    socket?.onmessage?.({ data: "welcome" });
    socket?.fail();
    expect(arrived).toEqual(["welcome", 1006]);
  });

  test("[VIEW-9] skips a socket that was closed while it waited, and ends one that cannot be created", () => {
    const [left, invalid] = connectMany("left", "invalid", "b").slice(MAX_CONNECTING);
    const ended: number[] = [];
    if (invalid) invalid.onclose = ({ code }: { code: number }) => ended.push(code);
    left?.close();
    BrowserSocket.created[0]?.open();
    expect(urls().slice(MAX_CONNECTING)).toEqual(["b"]);
    expect(ended).toEqual([1006]);
  });
});
