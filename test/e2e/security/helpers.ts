import { expect } from "vitest";
import * as forge from "../../support/forge.ts";
import { type RawRequest, type RawResponse, rawRequest } from "../../support/raw-request.ts";
import type { Service } from "../../support/service.ts";
import { type Arrived, TestSocket } from "../../support/socket.ts";

export const V1 = "dormouse.v1";

/** Settings of a service that is open to the internet. */
export const GUARDED = {
  AUTH_SECRET: forge.SECRET,
  AUTH_ISSUER: forge.ISSUER,
  AUTH_AUDIENCE: forge.AUDIENCE,
  ALLOWED_ORIGINS: "https://app.example",
};

/** The places where a request may hold a credential, each with what it would look like there. */
export const PLACES: [
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

/** What an answer must never hold: a stack, a path, a secret, or the signature of a token. */
const LEAK = /\n\s+at |\.[mc]?[jt]s\b|node_modules|file:|workerd|Error:|sqlite|undefined/i;

export function expectClean(text: string, credential = ""): void {
  expect(text).not.toMatch(LEAK);
  expect(text).not.toContain(forge.SECRET);
  const signature = credential.split(".")[2] ?? "";
  if (signature.length > 8) expect(text).not.toContain(signature);
}

/** The log of a service is for those who run it, but holds no secret; and what is refused is no failure. */
export function expectQuietLog(service: Service): void {
  const log = service.logs().join("\n");
  expect(log).not.toContain(forge.SECRET);
  expect(log).not.toMatch(/(failed|could not be \w+|could not begin):/);
}

/** The code of an answer that is a problem, once it has been seen to be one that tells nobody anything. */
export function codeOf({ status, headers, text }: RawResponse, credential = ""): string {
  if (status === 101) return "let in";
  if (status === 200) return "answered";
  expectClean(text, credential);
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

/** One request, and the code of its answer. */
export async function codeAt(service: Service, path: string, sent: RawRequest = {}): Promise<string> {
  return codeOf(await rawRequest(service.url, path, sent));
}

/** A member of a room, by a token of these claims, past its welcome. */
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

/** What arrived at a socket: the code of an error, else the type of the frame; `bytes`; `closed`. */
export function answerOf(arrived: Arrived): { what: unknown; id?: unknown } {
  if (!("text" in arrived)) return { what: Object.keys(arrived)[0] };
  const { type, code, id } = JSON.parse(arrived.text);
  return { what: code ?? type, id };
}

/** Somebody good, in a room that hostile requests are aimed at: it speaks after each, and counts what was stored. */
export class Witness {
  readonly ws: TestSocket["ws"];
  readonly #socket: TestSocket;
  #last = 0;

  private constructor(socket: TestSocket) {
    this.#socket = socket;
    this.ws = socket.ws;
  }

  static async in(service: Service, room: string): Promise<Witness> {
    const protocols = [V1, `bearer.${forge.token({ sub: "witness" })}`];
    const socket = await TestSocket.open(service.room(room), protocols);
    expect((await socket.json()).type).toBe("welcome");
    return new Witness(socket);
  }

  /** The room is alive, and nothing was stored or sent since the last time. */
  async speaks(): Promise<void> {
    const id = `witness-${++this.#last}`;
    this.#socket.send({ type: "publish", id, data: this.#last });
    const frame = await this.#socket.json();
    expect(frame).toMatchObject({ type: "messages", first: this.#last, messages: [{ id, from: "witness" }] });
  }
}
