import { describe, expect, test } from "vitest";
import { credentialOf } from "../../src/server/index.ts";
import { UPGRADE } from "../http/call.ts";
import { deployment, ORIGIN } from "./deployment.ts";

const request = (headers: Record<string, string> = {}, query = "") =>
  new Request(`${ORIGIN}/v1/rooms/lobby${query}`, { headers });
const GUEST_KEY = "k".repeat(22);

describe("credentialOf", () => {
  test.each<[string, Request]>([
    ["a browser's socket", request({ ...UPGRADE, "sec-websocket-protocol": "dormouse.v1, bearer.a.b.c" })],
    ["a socket of ws", request({ ...UPGRADE, "sec-websocket-protocol": "dormouse.v1,bearer.a.b.c" })],
    ["a socket with a header", request({ ...UPGRADE, authorization: "Bearer a.b.c" })],
    ["a call over HTTP", request({ authorization: "bearer a.b.c" })],
    ["an EventSource", request({}, "?token=a.b.c")],
  ])("[HOOK-31] is the token of %s", (_what, from) => {
    expect(credentialOf(from)).toEqual({ token: "a.b.c" });
  });

  test("[HOOK-31] tells a guest key from a token, and is undefined without either", () => {
    const offer = `dormouse.v1, bearer.${GUEST_KEY}`;
    expect(credentialOf(request({ ...UPGRADE, "sec-websocket-protocol": offer }))).toEqual({
      guestKey: GUEST_KEY,
    });
    expect(credentialOf(request({ authorization: `Bearer ${GUEST_KEY}` }))).toEqual({ guestKey: GUEST_KEY });
    expect(credentialOf(request())).toBeUndefined();
    expect(credentialOf(request(UPGRADE))).toBeUndefined();
  });

  test("[HOOK-31] refuses a client with another Authorization header", async () => {
    const { call, room } = deployment({
      authenticate: (from) => (credentialOf(from) === undefined ? null : { member: "ada", can: ["read"] }),
    });
    const path = `/v1/rooms/${room()}`;
    expect((await call(path)).status).toBe(401);
    expect((await call(path, { headers: { authorization: "Basic YTpi" } })).status).toBe(401);
    expect((await call(path, { headers: { authorization: "Bearer a.b" } })).status).toBe(200);
  });
});
