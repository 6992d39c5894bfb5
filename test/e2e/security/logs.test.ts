import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { type RawRequest, rawRequest } from "../../support/raw-request.ts";
import { startService } from "../../support/service.ts";
import { SECRET, token } from "../../support/tokens.ts";

const ROUTES = ["", "/events", "/messages", "/members", "/nothing", "/members/x?ban=9"];
const METHODS = ["GET", "POST", "DELETE"];

const GOOD = token({ sub: "logged-member", name: "Logged Name" });
const UNKNOWN_KEY = token({}, { header: { alg: "ES256", kid: "unknown" } });

/** Requests with a token and a name in the query. Accepted event streams are left out: they have no end. */
function requests(room: string): [path: string, sent: RawRequest][] {
  const queries = [GOOD, UNKNOWN_KEY, "short", `${GOOD}x`].map((each) => `token=${each}&name=Logged%20Name`);
  return queries.flatMap((query) => [
    [`${room}?${query}`, { upgrade: true }] as [string, RawRequest],
    ...ROUTES.flatMap((route) =>
      METHODS.map((method): [string, RawRequest] => [
        `${room}${route}${route.includes("?") ? "&" : "?"}${query}`,
        { method },
      ]),
    ).filter(([path, { method }]) => !(path.includes("/events") && method === "GET" && query.includes(GOOD))),
  ]);
}

test("[ACC-12] the logs hold no token and no name from a query, also when the request fails", async () => {
  const services = await Promise.all([
    startService({ AUTH_SECRET: SECRET }),
    startService({ AUTH_MODE: "token", AUTH_JWKS_URL: "http://127.0.0.1:1/where-the-keys-are" }),
    startService({ AUTH_SECRET: SECRET, ROOM_SOCKETS: "none" }),
  ]);
  try {
    for (const { url } of services) {
      for (const [path, sent] of requests(`/v1/rooms/${randomUUID()}`)) await rawRequest(url, path, sent);
    }
    const log = services.flatMap((service) => service.logs()).join("\n");
    // The service did log.
    expect(log).toContain("AUTH_JWKS_URL");
    for (const secret of [GOOD, UNKNOWN_KEY, SECRET, "Logged Name", "Logged%20Name", "logged-member"])
      expect(log).not.toContain(secret);
    expect(log).not.toMatch(/token=|name=/);
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});
