import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type TestContext, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { base64url, claims } from "../../support/tokens.ts";

const TEST_MS = 60_000;

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keySet = JSON.stringify({
  keys: [{ ...publicKey.export({ format: "jwk" }), kid: "known", alg: "ES256", use: "sig" }],
});

const DOWN = (response: ServerResponse) => response.writeHead(500).end("down");
const UP = (response: ServerResponse) => response.writeHead(200).end(keySet);

/** A service, and the JWKS endpoint that it takes its keys from. */
class Keys {
  /** How the endpoint answers, and how often it was requested. */
  answer: (response: ServerResponse) => void;
  requests = 0;
  readonly #server: Server;
  #service: Service | undefined;

  private constructor(answer: (response: ServerResponse) => void) {
    this.answer = answer;
    this.#server = createServer((_, response) => {
      this.requests++;
      this.answer(response);
    });
  }

  /** Starts both for one test, and stops them after it. */
  static async start(
    answer: (response: ServerResponse) => void,
    onTestFinished: TestContext["onTestFinished"],
  ): Promise<Keys> {
    const keys = new Keys(answer);
    onTestFinished(() => keys.#stop());
    keys.#server.listen(0, "127.0.0.1");
    await once(keys.#server, "listening");
    const address = keys.#server.address();
    if (address === null || typeof address === "string") throw new Error("The JWKS server does not listen.");
    const AUTH_JWKS_URL = `http://127.0.0.1:${address.port}/keys`;
    keys.#service = await startService({ AUTH_MODE: "token", AUTH_JWKS_URL });
    keys.requests = 0;
    return keys;
  }

  get room(): string {
    if (this.#service === undefined) throw new Error("The service has not started.");
    return `${this.#service.url}/v1/rooms/a`;
  }

  async call(kid: string): Promise<{ status: number; wait: number }> {
    const headers = { authorization: `Bearer ${tokenBy(kid)}` };
    const response = await fetch(this.room, { headers });
    await response.arrayBuffer();
    return { status: response.status, wait: Number(response.headers.get("retry-after")) };
  }

  async statuses(kids: string[]): Promise<number[]> {
    return (await Promise.all(kids.map((kid) => this.call(kid)))).map(({ status }) => status);
  }

  async #stop(): Promise<void> {
    await this.#service?.stop();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function tokenBy(kid: string, key: KeyObject = privateKey): string {
  const signed = [{ alg: "ES256", kid }, claims()].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

const repeat = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.concurrent(
  "[ACC-10] a failing JWKS endpoint is requested once in ten seconds, and cached keys stay valid",
  async ({ onTestFinished, expect }) => {
    const keys = await Keys.start(DOWN, onTestFinished);
    for (let i = 0; i < 4; i++) expect(await keys.statuses(repeat(50, "known"))).toEqual(repeat(50, 503));
    expect(keys.requests).toBe(1);
    expect((await keys.call("known")).wait).toBeGreaterThanOrEqual(5);

    keys.answer = UP;
    await wait(10_500);
    expect(await keys.statuses(repeat(50, "known"))).toEqual(repeat(50, 200));
    expect(keys.requests).toBe(2);

    keys.answer = DOWN;
    await wait(10_500);
    expect(await keys.statuses(["other", "known", "other", "known"])).toEqual([503, 200, 503, 200]);
    expect(await keys.statuses(repeat(20, "other"))).toEqual(repeat(20, 503));
    expect(keys.requests).toBe(3);
  },
  TEST_MS,
);

test.concurrent(
  "[ACC-10] a JWKS endpoint that never answers delays a call by a few seconds at most",
  async ({ onTestFinished, expect }) => {
    const keys = await Keys.start(() => {}, onTestFinished);
    const began = Date.now();
    expect(await keys.statuses(repeat(20, "known"))).toEqual(repeat(20, 503));
    expect(Date.now() - began).toBeLessThan(9000);
    expect(keys.requests).toBe(1);
  },
  TEST_MS,
);

test.concurrent(
  "[ACC-10] a caller that disconnects while the keys load does not fail the other callers",
  async ({ onTestFinished, expect }) => {
    let release = () => {};
    const keys = await Keys.start((response) => {
      release = () => UP(response);
    }, onTestFinished);
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${tokenBy("known")}` };
    const first = fetch(keys.room, { headers, signal: gone.signal }).catch(() => "gone");
    await expect.poll(() => keys.requests).toBe(1);
    const others = keys.statuses(repeat(5, "known"));
    gone.abort();
    expect(await first).toBe("gone");
    await wait(500);
    release();
    expect(await others).toEqual(repeat(5, 200));
    expect(keys.requests).toBe(1);
  },
  TEST_MS,
);
