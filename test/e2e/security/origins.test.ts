import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { ALL, token } from "../../support/tokens.ts";
import { admin, upgrade } from "./boundaries.ts";
import { codeOf, expectCleanLogs, requestCode, SECURED } from "./helpers.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ ...SECURED, AUTH_MODE: "open" });
});
afterAll(() => service.stop());

describe("cross-origin requests", () => {
  const FOREIGN = [
    "https://evil.example",
    "null",
    "http://app.example",
    "https://app.example:8443",
    "https://app.example.evil.example",
    "https://evilapp.example",
    "https://sub.app.example",
    "https://app.example@evil.example",
    "https://evil.example/https://app.example",
    "https://app.example, https://evil.example",
    "app.example",
    "*",
    "file://",
    "https://\u0430pp.example",
  ];

  test.each(FOREIGN)(
    "[ACC-2] refuses upgrade, call and preflight from another origin: %s",
    async (origin) => {
      const before = await service.objects();
      const from = { origin: Buffer.from(origin).toString("latin1"), "x-forwarded-host": "evil.example" };
      const room = `/v1/rooms/${randomUUID()}`;
      const sent = { ...admin.headers, ...from };
      for (const request of [upgrade(sent), { upgrade: true, headers: sent }, { headers: sent }]) {
        const answer = await rawRequest(service.url, room, request);
        expect(codeOf(answer)).toBe("origin_refused");
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
      expect(await requestCode(service, `${room}/messages`, { headers: sent })).toBe("origin_refused");
      expect(await requestCode(service, `${room}/members/x?ban=9`, { method: "DELETE", headers: sent })).toBe(
        "origin_refused",
      );
      const preflight = {
        ...from,
        "access-control-request-method": "DELETE",
        "access-control-request-headers": "authorization",
      };
      const asked = await rawRequest(service.url, `${room}/members/x`, {
        method: "OPTIONS",
        headers: preflight,
      });
      for (const header of ["origin", "credentials"])
        expect(asked.headers[`access-control-allow-${header}`]).toBeUndefined();
      expect(await service.objects()).toEqual(before);
    },
  );

  const SITES = ["cross-site", "same-site"];
  /** Routes that a page can reach with a no-cors GET or a link, and an unknown one. */
  const ROUTES = ["", "/events", "/events?history=5", "/messages", "/members", "/nothing"];

  test.each(SITES)(
    "[ACC-11] refuses every route when Sec-Fetch-Site is %s and Origin is absent",
    async (site) => {
      const before = await service.objects();
      for (const credential of [{}, admin.headers]) {
        const headers = { ...credential, "sec-fetch-site": site, "sec-fetch-mode": "no-cors" };
        const room = `/v1/rooms/${randomUUID()}`;
        for (const route of ROUTES) {
          const answer = await rawRequest(service.url, room + route, { headers });
          expect([route, codeOf(answer)]).toEqual([route, "origin_refused"]);
        }
        for (const method of ["POST", "HEAD", "DELETE", "OPTIONS"]) {
          const { status } = await rawRequest(service.url, `${room}/messages`, { method, headers });
          expect([method, status]).toEqual([method, 403]);
        }
        expect(codeOf(await rawRequest(service.url, room, { upgrade: true, headers }))).toBe(
          "origin_refused",
        );
        for (const path of ["/v1/messages", "/v1/openapi.json", "/v1/rooms"])
          expect(codeOf(await rawRequest(service.url, path, { method: "POST", headers }))).toBe(
            "origin_refused",
          );
      }
      expect(await service.objects()).toEqual(before);
    },
  );

  test.each(["same-origin", "none", "", "unheard-of"])(
    "[ACC-11] accepts a request when Sec-Fetch-Site is %j",
    async (site) => {
      const headers = { ...admin.headers, "sec-fetch-site": site };
      const { status } = await rawRequest(service.url, `/v1/rooms/${randomUUID()}`, { headers });
      expect(status).toBe(200);
    },
  );

  test("[ACC-11] accepts a request from another site when its origin is allowed", async () => {
    const headers = { ...admin.headers, origin: "https://app.example", "sec-fetch-site": "cross-site" };
    const { status } = await rawRequest(service.url, `/v1/rooms/${randomUUID()}`, { headers });
    expect(status).toBe(200);
  });

  test("[ACC-2] sends CORS headers on every answer to an allowed origin, but never allows credentials", async () => {
    const before = await service.objects();
    const from = { origin: "https://app.example", cookie: `token=${token({ can: ALL })}` };
    const room = `/v1/rooms/${randomUUID()}`;
    const ask = {
      ...from,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    };
    const asked = await rawRequest(service.url, room, { method: "OPTIONS", headers: ask });
    const refused = await rawRequest(service.url, `${room}/members/x`, { method: "DELETE", headers: from });
    expect(codeOf(refused)).toBe("forbidden");
    expect(await service.objects()).toEqual(before);
    const called = await rawRequest(service.url, room, { headers: from });
    for (const { headers } of [asked, refused, called]) {
      expect(headers["access-control-allow-origin"]).toBe("https://app.example");
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
      expect(headers.vary).toMatch(/origin/i);
    }
  });
});

test("[ACC-1] the logs hold no error for a refused request, and no secret", () => {
  expectCleanLogs(service);
});
