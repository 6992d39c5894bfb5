import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { base64url, claims } from "../../support/tokens.ts";

const TEST_MS = 60_000;

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keySet = JSON.stringify({
  keys: [{ ...publicKey.export({ format: "jwk" }), kid: "known", alg: "ES256", use: "sig" }],
});

const DOWN = (response: ServerResponse) => response.writeHead(500).end("down");
const UP = (response: ServerResponse) => response.writeHead(200).end(keySet);

/** How the JWKS endpoint answers, and how often it was requested. */
let answer: (response: ServerResponse) => void;
let requests = 0;
let server: Server;
let service: Service;

beforeAll(async () => {
  server = createServer((_, response) => {
    requests++;
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
});

async function start(): Promise<void> {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The JWKS server does not listen.");
  const AUTH_JWKS_URL = `http://127.0.0.1:${address.port}/keys`;
  service = await startService({ AUTH_MODE: "token", AUTH_JWKS_URL });
  requests = 0;
}

function tokenBy(kid: string, key: KeyObject = privateKey): string {
  const signed = [{ alg: "ES256", kid }, claims()].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

async function call(kid: string): Promise<{ status: number; wait: number }> {
  const headers = { authorization: `Bearer ${tokenBy(kid)}` };
  const response = await fetch(`${service.url}/v1/rooms/a`, { headers });
  await response.arrayBuffer();
  return { status: response.status, wait: Number(response.headers.get("retry-after")) };
}

const statuses = async (kids: string[]) => (await Promise.all(kids.map(call))).map(({ status }) => status);
const repeat = <T>(count: number, value: T) => Array.from({ length: count }, () => value);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(
  "[ACC-10] a failing JWKS endpoint is requested once in ten seconds, and cached keys stay valid",
  async () => {
    answer = DOWN;
    await start();
    for (let i = 0; i < 4; i++) expect(await statuses(repeat(50, "known"))).toEqual(repeat(50, 503));
    expect(requests).toBe(1);
    expect((await call("known")).wait).toBeGreaterThanOrEqual(5);

    answer = UP;
    await wait(10_500);
    expect(await statuses(repeat(50, "known"))).toEqual(repeat(50, 200));
    expect(requests).toBe(2);

    answer = DOWN;
    await wait(10_500);
    expect(await statuses(["other", "known", "other", "known"])).toEqual([503, 200, 503, 200]);
    expect(await statuses(repeat(20, "other"))).toEqual(repeat(20, 503));
    expect(requests).toBe(3);
    await service.stop();
  },
  TEST_MS,
);

test(
  "[ACC-10] a JWKS endpoint that never answers delays a call by a few seconds at most",
  async () => {
    answer = () => {};
    await start();
    const began = Date.now();
    expect(await statuses(repeat(20, "known"))).toEqual(repeat(20, 503));
    expect(Date.now() - began).toBeLessThan(9000);
    expect(requests).toBe(1);
    await service.stop();
  },
  TEST_MS,
);

test(
  "[ACC-10] a caller that disconnects while the keys load does not fail the other callers",
  async () => {
    let release = () => {};
    answer = (response) => {
      release = () => UP(response);
    };
    await start();
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${tokenBy("known")}` };
    const first = fetch(`${service.url}/v1/rooms/a`, { headers, signal: gone.signal }).catch(() => "gone");
    await expect.poll(() => requests).toBe(1);
    const others = statuses(repeat(5, "known"));
    gone.abort();
    expect(await first).toBe("gone");
    await wait(500);
    release();
    expect(await others).toEqual(repeat(5, 200));
    expect(requests).toBe(1);
    await service.stop();
  },
  TEST_MS,
);
