import { expect } from "vitest";
import { type RawRequest, type RawResponse, rawRequest } from "../../support/raw-request.ts";
import type { Service } from "../../support/service.ts";
import { type Arrived, TestSocket } from "../../support/socket.ts";
import * as forge from "../../support/tokens.ts";

export const V1 = "dormouse.v1";

/** Settings of a service with tokens and one allowed origin. */
export const SECURED = {
  AUTH_SECRET: forge.SECRET,
  AUTH_ISSUER: forge.ISSUER,
  AUTH_AUDIENCE: forge.AUDIENCE,
  ALLOWED_ORIGINS: "https://app.example",
};

/** The places where a request can hold a credential. */
export const CREDENTIAL_PLACES: [
  where: string,
  path: (room: string, credential: string) => string,
  (c: string) => RawRequest,
][] = [
  [
    "the subprotocol",
    (room) => `/v1/rooms/${room}`,
    (c) => ({ upgrade: true, headers: { "sec-websocket-protocol": `${V1}, bearer.${c}` } }),
  ],
  [
    "Authorization of an upgrade",
    (room) => `/v1/rooms/${room}`,
    (c) => ({ upgrade: true, headers: { "sec-websocket-protocol": V1, authorization: `Bearer ${c}` } }),
  ],
  [
    "?token= of an upgrade",
    (room, c) => `/v1/rooms/${room}?token=${encodeURIComponent(c)}`,
    () => ({ upgrade: true, headers: { "sec-websocket-protocol": V1 } }),
  ],
  [
    "Authorization of a plain upgrade",
    (room) => `/v1/rooms/${room}`,
    (c) => ({ upgrade: true, ...bearer(c) }),
  ],
  ["Authorization of a call", (room) => `/v1/rooms/${room}`, bearer],
  ["?token= of a call", (room, c) => `/v1/rooms/${room}/messages?token=${encodeURIComponent(c)}`, () => ({})],
];

export function bearer(credential: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${credential}` } };
}

/** A stack trace, a path or an internal name. No answer may contain one. */
const LEAK = /\n\s+at |\.[mc]?[jt]s\b|node_modules|file:|workerd|Error:|sqlite|undefined/i;

export function expectNoLeak(text: string, credential = ""): void {
  expect(text).not.toMatch(LEAK);
  expect(text).not.toContain(forge.SECRET);
  const signature = credential.split(".")[2] ?? "";
  if (signature.length > 8) expect(text).not.toContain(signature);
}

/** Checks that the logs contain no secret, and that a refused request is not logged as a failure. */
export function expectCleanLogs(service: Service): void {
  const log = service.logs().join("\n");
  expect(log).not.toContain(forge.SECRET);
  expect(log).not.toMatch(/(failed|could not be \w+|could not begin):/);
}

/** Checks that an answer is a well-formed problem without a leak, and returns its code. */
export function codeOf({ status, headers, text }: RawResponse, credential = ""): string {
  if (status === 101) return "let in";
  if (status === 200) return "answered";
  expectNoLeak(text, credential);
  expect(headers["set-cookie"]).toBeUndefined();
  expect(headers["access-control-allow-credentials"]).toBeUndefined();
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(headers["cache-control"]).toBe("no-store");
  const problem = JSON.parse(text);
  const { retryAfter: _, needs: __, ...rest } = problem;
  expect(rest).toEqual({
    type: "about:blank",
    title: expect.stringMatching(/\w/),
    status,
    code: expect.stringMatching(/^[a-z_]+$/),
    detail: expect.stringMatching(/\w+ \w+.*\.$/),
  });
  return problem.code;
}

/** Sends a request, and returns the code of its answer. */
export async function requestCode(service: Service, path: string, sent: RawRequest = {}): Promise<string> {
  return codeOf(await rawRequest(service.url, path, sent));
}

/** Joins a room with a token of these claims. */
export async function join(
  service: Service,
  room: string,
  claims: Record<string, unknown> = {},
  query = "",
): Promise<TestSocket> {
  const socket = await TestSocket.open(service.room(room, query), [V1, `bearer.${forge.token(claims)}`]);
  expect((await socket.json()).type).toBe("welcome");
  return socket;
}

/** The kind of an arrival: an error code, a frame type, `bytes` or `closed`. */
export function answerOf(arrived: Arrived): { what: unknown; id?: unknown } {
  if (!("text" in arrived)) return { what: Object.keys(arrived)[0] };
  const { type, code, id } = JSON.parse(arrived.text);
  return { what: code ?? type, id };
}

/** A well-behaved member of a room under attack. It publishes after each attack, and counts the stored messages. */
export class Observer {
  readonly ws: TestSocket["ws"];
  readonly #socket: TestSocket;
  #last = 0;

  private constructor(socket: TestSocket) {
    this.#socket = socket;
    this.ws = socket.ws;
  }

  static async in(service: Service, room: string): Promise<Observer> {
    const protocols = [V1, `bearer.${forge.token({ sub: "observer" })}`];
    const socket = await TestSocket.open(service.room(room), protocols);
    expect((await socket.json()).type).toBe("welcome");
    return new Observer(socket);
  }

  /** Checks that the room works, and that nothing was stored or sent since the last call. */
  async expectIntact(): Promise<void> {
    const id = `observer-${++this.#last}`;
    this.#socket.send({ type: "publish", id, data: this.#last });
    const frame = await this.#socket.json();
    expect(frame).toMatchObject({
      type: "messages",
      first: this.#last,
      messages: [{ id, from: "observer" }],
    });
  }
}
