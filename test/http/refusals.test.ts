import { describe, expect, test, vi } from "vitest";
import { call, callNoting, callWith, problemOf, type Sent, UPGRADE } from "./call.ts";

const upgrade = (headers: Record<string, string> = {}): Sent => ({ headers: { ...UPGRADE, ...headers } });
const room = () => `/v1/rooms/${crypto.randomUUID()}`;

type Refused = [what: string, status: number, code: string, path: string, sent: Sent, settings?: object];

const UPGRADES: Refused[] = [
  ["an invalid room name", 400, "invalid_room", "/v1/rooms/a%00", upgrade()],
  [
    "an unknown subprotocol",
    400,
    "unknown_subprotocol",
    room(),
    upgrade({ "sec-websocket-protocol": "chat" }),
  ],
  ["a history that is not a number", 400, "invalid_query", `${room()}?history=all`, upgrade()],
  ["a negative history", 400, "invalid_query", `${room()}?history=-1`, upgrade()],
  ["an empty history", 400, "invalid_query", `${room()}?history=`, upgrade()],
  [
    "a history beyond the safe integers",
    400,
    "invalid_query",
    `${room()}?history=9007199254740992`,
    upgrade(),
  ],
  ["an empty name", 400, "invalid_name", `${room()}?name=%20`, upgrade()],
  ["a name that is too long", 400, "invalid_name", `${room()}?name=${"a".repeat(65)}`, upgrade()],
  ["an invalid guest key", 401, "invalid_token", `${room()}?token=short`, upgrade()],
  ["another authorization scheme", 401, "invalid_token", room(), upgrade({ authorization: "Basic YTpi" })],
  [
    "an invalid guest key in the subprotocol",
    401,
    "invalid_token",
    room(),
    upgrade({ "sec-websocket-protocol": "dormouse.v1, bearer.x" }),
  ],
  [
    "a plain socket where PLAIN is off",
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
  ["an unknown address", 404, "not_found", `${room()}/messages/7/more`, upgrade()],
  ["an invalid setting", 500, "misconfigured", room(), upgrade(), { ROOM_SOCKETS: 0 }],
];

describe("a refused upgrade", () => {
  test.each(UPGRADES)(
    "[ACC-1] answers %s with %d %s and does not contact the room",
    async (_what, status, code, path, sent, settings) => {
      const { response, contacted } = await callNoting(path, sent, settings);
      expect(contacted).toEqual([]);
      expect(response.status).toBe(status);
      expect(response.webSocket).toBeNull();
      expect(await problemOf(response)).toMatchObject({ status, code });
    },
  );

  test("[ACC-1] contacts no room, while an accepted one does", async () => {
    const { response, contacted } = await callNoting(room(), upgrade());
    response.webSocket?.accept();
    expect(response.status).toBe(101);
    expect(contacted).toHaveLength(1);
  });

  test("[ACC-1] passes on the answer of a room that refuses", async () => {
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
  ["an unknown path", 404, "not_found", "/v1/nothing", {}],
  ["a socket without a room name", 400, "invalid_room", "/v1/rooms", { headers: UPGRADE }],
  ["a list of rooms without admin", 403, "forbidden", "/v1/rooms", {}],
  ["an empty room name", 404, "not_found", "/v1/rooms/", {}],
  ["a slash after the room name", 404, "not_found", "/v1/rooms/a/", {}],
  ["an invalid room name", 400, "invalid_room", "/v1/rooms/a%2Fb", {}],
  ["a history that an upgrade would refuse", 400, "invalid_query", "/v1/rooms/a?history=1.5", {}],
  ["an invalid guest key", 401, "invalid_token", "/v1/rooms/a?token=x", {}],
  ["PUT of a room", 405, "method_not_allowed", "/v1/rooms/a", { method: "PUT" }],
  ["POST to a room", 405, "method_not_allowed", "/v1/rooms/a", { method: "POST" }],
  ["POST to the health check", 405, "method_not_allowed", "/healthz", { method: "POST" }],
  ["an invalid setting", 500, "misconfigured", "/v1/rooms/a", {}, { MESSAGE_BYTES: "lots" }],
];

describe("a refused request", () => {
  test.each(REQUESTS)(
    "[ACC-1] answers %s with %d %s and does not contact the room",
    async (_what, status, code, path, sent, settings) => {
      const { response, contacted } = await callNoting(path, sent, settings);
      expect(contacted).toEqual([]);
      expect(response.status).toBe(status);
      expect(await problemOf(response)).toMatchObject({ status, code });
    },
  );

  test.each([
    ["/v1/rooms/a", "GET, HEAD, DELETE"],
    ["/v1/rooms/a/messages", "GET, HEAD, POST"],
    ["/v1/rooms/a/events", "GET, HEAD"],
    ["/v1/rooms/a/members/b", "DELETE"],
    ["/v1/messages", "POST"],
    ["/v1/openapi.json", "GET, HEAD"],
    ["/healthz", "GET, HEAD"],
  ])("[API-1] lists the methods of %s in Allow", async (path, allow) => {
    const response = await call(path, { method: "PUT" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect((await problemOf(response)).code).toBe("method_not_allowed");
  });

  test("does not reveal an unexpected error", async () => {
    const ROOMS = {
      getByName: () => ({
        look: async () => {
          throw new Error("an internal secret");
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
