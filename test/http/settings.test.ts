import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { call, callWith, problemOf, UPGRADE } from "./call.ts";

describe("a service with an invalid setting", () => {
  test.each([
    ["MESSAGE_BYTES", "lots"],
    ["PLAIN", "maybe"],
    ["ALLOWED_ORIGINS", "a.test"],
    ["AUTH_MODE", "closed"],
  ])("[LIM-4] answers every request with an error that names %s and its value", async (name, value) => {
    const wrong = { ...env, [name]: value };
    for (const sent of [{}, { headers: UPGRADE }, {}]) {
      const response = await callWith(wrong, "/v1/rooms/a", sent);
      expect(response.status).toBe(500);
      const { code, detail } = await problemOf(response);
      expect(code).toBe("misconfigured");
      expect(detail).toContain(name);
      expect(detail).toContain(value);
    }
    expect((await call("/v1/rooms/a")).status).toBe(200);
  });

  test.each([
    [{ AUTH_MODE: "token", AUTH_SECRET: undefined }],
    [{ AUTH_MODE: "OPEN" }],
    [{ AUTH_MODE: "" }],
    [{ AUTH_MODE: true }],
  ])("[LIM-4] accepts no socket with %j", async (vars) => {
    const response = await callWith(vars, "/v1/rooms/a", { headers: UPGRADE });
    expect([response.status, response.webSocket]).toEqual([500, null]);
  });
});

describe("a service", () => {
  test("accepts plain sockets only where PLAIN is on", async () => {
    const sent = { headers: { upgrade: "websocket" } };
    expect((await callWith({ PLAIN: "off" }, "/v1/rooms/plain", sent)).status).toBe(400);
    const response = await callWith({ PLAIN: "on" }, "/v1/rooms/plain", sent);
    expect(response.status).toBe(101);
    response.webSocket?.accept();
  });

  test("[ACC-2] refuses pages of origins that ALLOWED_ORIGINS does not list", async () => {
    const sent = { headers: { ...UPGRADE, origin: "https://page.test" } };
    const listed = await callWith({ ALLOWED_ORIGINS: "https://page.test" }, "/v1/rooms/origin", sent);
    expect(listed.status).toBe(101);
    listed.webSocket?.accept();
    const refused = await callWith({ ALLOWED_ORIGINS: "https://other.test" }, "/v1/rooms/origin", sent);
    expect(refused.status).toBe(403);
    expect((await problemOf(refused)).code).toBe("origin_refused");
  });

  test("refuses names longer than NAME_CHARS", async () => {
    const path = "/v1/rooms/name?name=Ada";
    expect((await callWith({ NAME_CHARS: 2 }, path, { headers: UPGRADE })).status).toBe(400);
    const response = await callWith({ NAME_CHARS: 3 }, path, { headers: UPGRADE });
    expect(response.status).toBe(101);
    response.webSocket?.accept();
  });
});
