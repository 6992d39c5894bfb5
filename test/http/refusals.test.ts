import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { call, callWith, problemOf, type Sent, UPGRADE } from "./call.ts";

const upgrade = (headers: Record<string, string> = {}): Sent => ({ headers: { ...UPGRADE, ...headers } });
const room = () => `/v1/rooms/${crypto.randomUUID()}`;

type Refused = [what: string, status: number, code: string, path: string, sent: Sent, settings?: object];

const UPGRADES: Refused[] = [
  ["a name that is no room's", 400, "invalid_room", "/v1/rooms/a%00", upgrade()],
  ["another subprotocol", 400, "unknown_subprotocol", room(), upgrade({ "sec-websocket-protocol": "chat" })],
  ["a history that is no number", 400, "invalid_query", `${room()}?history=all`, upgrade()],
  ["a history below none", 400, "invalid_query", `${room()}?history=-1`, upgrade()],
  ["a history that is empty", 400, "invalid_query", `${room()}?history=`, upgrade()],
  [
    "a history that is no safe integer",
    400,
    "invalid_query",
    `${room()}?history=9007199254740992`,
    upgrade(),
  ],
  ["an empty name", 400, "invalid_name", `${room()}?name=%20`, upgrade()],
  ["a name too long", 400, "invalid_name", `${room()}?name=${"a".repeat(65)}`, upgrade()],
  ["a guest key that is none", 401, "invalid_token", `${room()}?token=short`, upgrade()],
  ["another scheme", 401, "invalid_token", room(), upgrade({ authorization: "Basic YTpi" })],
  [
    "a key in the subprotocol that is none",
    401,
    "invalid_token",
    room(),
    upgrade({ "sec-websocket-protocol": "dormouse.v1, bearer.x" }),
  ],
  [
    "a plain socket where there are none",
    400,
    "plain_off",
    room(),
    { headers: { upgrade: "websocket" } },
    { PLAIN: "off" },
  ],
  [
    "a page of another origin",
    403,
    "origin_refused",
    room(),
    upgrade({ origin: "https://evil.test" }),
    { ALLOWED_ORIGINS: "https://app.test" },
  ],
  ["an address that is none", 404, "not_found", `${room()}/messages/7/more`, upgrade()],
  ["a setting that is wrong", 500, "misconfigured", room(), upgrade(), { ROOM_SOCKETS: 0 }],
];

describe("a refused upgrade", () => {
  test.each(UPGRADES)("[ACC-1] %s: %d %s", async (_what, status, code, path, sent, settings) => {
    const before = await objects();
    const response = await (settings === undefined ? call(path, sent) : callWith(settings, path, sent));
    expect(response.status).toBe(status);
    expect(response.webSocket).toBeNull();
    expect(await problemOf(response)).toMatchObject({ status, code });
    expect(await objects()).toEqual(before);
  });

  test("[ACC-1] is all that leaves the room alone: one that is let in does not", async () => {
    const before = await objects();
    const response = await call(room(), upgrade());
    response.webSocket?.accept();
    expect(response.status).toBe(101);
    expect((await objects()).length).toBe(before.length + 1);
  });

  test("[ACC-1] has the room's own answer, where it was the room that refused", async () => {
    const full = Response.json({ status: 503 }, { status: 503, headers: { "retry-after": "5" } });
    const response = await callWith(
      { ROOMS: { getByName: () => ({ fetch: async () => full }) } },
      room(),
      upgrade(),
    );
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toEqual({ status: 503 });
  });
});

const REQUESTS: Refused[] = [
  ["nothing that the service knows", 404, "not_found", "/v1/nothing", {}],
  ["a room without a name", 400, "invalid_room", "/v1/rooms", {}],
  ["a room with an empty name", 404, "not_found", "/v1/rooms/", {}],
  ["a slash after a room's name", 404, "not_found", "/v1/rooms/a/", {}],
  ["a name that is no room's", 400, "invalid_room", "/v1/rooms/a%2Fb", {}],
  ["a history that is no number, as an upgrade is", 400, "invalid_query", "/v1/rooms/a?history=1.5", {}],
  ["a guest key that is none", 401, "invalid_token", "/v1/rooms/a?token=x", {}],
  ["a room to be written over", 405, "method_not_allowed", "/v1/rooms/a", { method: "PUT" }],
  ["a room to be posted to", 405, "method_not_allowed", "/v1/rooms/a", { method: "POST" }],
  ["a health check to be posted to", 405, "method_not_allowed", "/healthz", { method: "POST" }],
  ["a setting that is wrong", 500, "misconfigured", "/v1/rooms/a", {}, { MESSAGE_BYTES: "lots" }],
];

describe("a refused call", () => {
  test.each(REQUESTS)("[ACC-1] %s: %d %s", async (_what, status, code, path, sent, settings) => {
    const before = await objects();
    const response = await (settings === undefined ? call(path, sent) : callWith(settings, path, sent));
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, code });
    expect(await objects()).toEqual(before);
  });

  test.each([
    ["/v1/rooms/a", "GET, HEAD, DELETE"],
    ["/v1/rooms/a/messages", "GET, HEAD, POST"],
    ["/v1/rooms/a/events", "GET, HEAD"],
    ["/v1/rooms/a/members/b", "DELETE"],
    ["/v1/messages", "POST"],
    ["/v1/openapi.json", "GET, HEAD"],
    ["/healthz", "GET, HEAD"],
  ])("[API-1] tells what %s does answer", async (path, allow) => {
    const response = await call(path, { method: "PUT" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect((await problemOf(response)).code).toBe("method_not_allowed");
  });

  test("tells nothing of the fault, where the fault is the server's", async () => {
    const ROOMS = {
      getByName: () => ({
        info: async () => {
          throw new Error("secret of the house");
        },
      }),
    };
    const faults = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await callWith({ ROOMS }, "/v1/rooms/a");
    expect(faults).toHaveBeenCalledOnce();
    faults.mockRestore();
    expect(response.status).toBe(500);
    const problem = await problemOf(response);
    expect(problem.code).toBe("internal");
    expect(JSON.stringify(problem)).not.toContain("secret");
  });
});

async function objects(): Promise<string[]> {
  return (await listDurableObjectIds(env.ROOMS)).map(String).toSorted();
}
