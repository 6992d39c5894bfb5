import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { OidcProvider } from "../support/oidc-provider.ts";
import { type Project, projectWith } from "../support/packed-package.ts";
import { type Service, startService } from "../support/service.ts";
import { TestSocket } from "../support/socket.ts";
import type { Dev } from "../support/wrangler-dev.ts";

/** The secret of the rooms and of the sign-in pages. */
const AUTH_SECRET = "a secret that rooms and sign-in share";
const SESSION_SECRET = "a secret that only this test uses";
const STATE = "state-of-the-page";

let project: Project;
let service: Service;
beforeAll(async () => {
  project = await projectWith("docs/examples/sign-in", ["openid-client", "oauth4webapi"]);
  service = await startService({ AUTH_MODE: "token", AUTH_SECRET });
}, 120_000);
afterAll(async () => {
  await service?.stop();
  await project?.remove();
});

const running: Dev[] = [];
afterAll(() => Promise.all(running.map((dev) => dev.stop())));

async function run(example: string, vars: Record<string, string>): Promise<Dev> {
  const dev = await project.dev("/health", `${example}/wrangler.toml`, vars);
  running.push(dev);
  return dev;
}

/** A client that sends the cookies that were set, as a browser does, and follows no redirect. */
class Visitor {
  readonly #cookies = new Map<string, string>();

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie, ...headers } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }
}

/** Where a sign-in page sends the person. */
const locationOf = (response: Response) => response.headers.get("location") ?? "";
const loginUrl = (dev: Dev, returnTo = `${dev.url}/#lobby@7`) =>
  `${dev.url}/login?return_to=${encodeURIComponent(returnTo)}&state=${STATE}`;
/** The token of an address that leads back to the page, to this message. */
function tokenIn(address: string, dev: Dev): string {
  const [, token = ""] = /#lobby@7&token=([\w.-]+)&state=state-of-the-page$/.exec(address) ?? [];
  expect(address).toBe(`${dev.url}/#lobby@7&token=${token}&state=${STATE}`);
  return token;
}

/** The person that the service sees in the holder of a token. */
async function memberOf(token: string): Promise<{ member: string; name: string }> {
  const socket = await TestSocket.open(service.room("lobby"), [SUBPROTOCOL, `bearer.${token}`]);
  const { member, name } = await socket.until("welcome");
  socket.ws.close();
  return { member: String(member), name: String(name) };
}

const renewal = { accept: "application/json" };

const FOREIGN = [
  "https://evil.example/#lobby",
  "//evil.example",
  "javascript:alert(1)",
  "data:text/html,hi",
  "/relative",
  "",
];

test("[ACC-36] the guides compile with strict types", async () => {
  await project.typeCheck();
});

describe("the guide for Cloudflare Access", () => {
  let team: Server;
  let dev: Dev;
  let issuer: string;
  const AUD = "tag-of-the-application";
  let assertion: (claims?: Record<string, unknown>, key?: CryptoKey) => Promise<string>;
  beforeAll(async () => {
    const keys = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: "access", alg: "RS256" };
    team = createServer((request, response) => {
      if (request.url !== "/cdn-cgi/access/certs") return response.writeHead(404).end();
      return response.end(JSON.stringify({ keys: [jwk] }));
    }).listen(0, "localhost");
    await once(team, "listening");
    const address = team.address();
    issuer = `http://localhost:${typeof address === "object" ? address?.port : ""}`;
    assertion = (claims = {}, key = keys.privateKey) =>
      new SignJWT({
        sub: "uuid-of-ada",
        email: "ada@example.com",
        type: "app",
        iss: issuer,
        aud: [AUD],
        ...claims,
      })
        .setProtectedHeader({ alg: "RS256", kid: "access" })
        .setExpirationTime("5m")
        .sign(key);
    dev = await run("access", { ACCESS_TEAM: issuer, ACCESS_AUD: AUD, AUTH_SECRET });
  }, 90_000);
  afterAll(() => team?.close());

  test("[ACC-36] gives the person whom Access let through a token, and renews it", async () => {
    const headers = { "cf-access-jwt-assertion": await assertion() };
    const answer = await new Visitor().get(loginUrl(dev), headers);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const member = { member: "uuid-of-ada", name: "ada@example.com" };
    expect(await memberOf(tokenIn(locationOf(answer), dev))).toEqual(member);
    const renewed = await new Visitor().get(`${dev.url}/login`, { ...headers, ...renewal });
    expect(await memberOf((await renewed.json()).token)).toEqual(member);
    expect(renewed.headers.get("access-control-allow-origin")).toBe(null);
  });

  test("[ACC-36] gives nobody else a token", async () => {
    const other = await generateKeyPair("RS256");
    for (const forged of [
      undefined,
      "",
      "x.y.z",
      await assertion({}, other.privateKey),
      await assertion({ aud: ["another application"] }),
      await assertion({ iss: "https://another-team.example" }),
      await assertion({ sub: "", email: undefined, common_name: "service token" }),
    ]) {
      const headers = forged === undefined ? {} : { "cf-access-jwt-assertion": forged };
      const answer = await new Visitor().get(loginUrl(dev), headers);
      expect(locationOf(answer)).toBe(`${dev.url}/#lobby@7&error=access_denied&state=${STATE}`);
      expect((await new Visitor().get(`${dev.url}/login`, { ...headers, ...renewal })).status).toBe(401);
    }
  });

  test.each(FOREIGN)("[ACC-35] sends nobody to %j", async (returnTo) => {
    const headers = { "cf-access-jwt-assertion": await assertion() };
    const answer = await new Visitor().get(loginUrl(dev, returnTo), headers);
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
  });
});

describe("the guide for OpenID providers", () => {
  let provider: OidcProvider;
  let dev: Dev;
  beforeAll(async () => {
    provider = await OidcProvider.start();
    const { issuer, clientId, clientSecret } = provider;
    const client = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret };
    dev = await run("oidc", { ...client, AUTH_SECRET, SESSION_SECRET, STAFF: "boss-1 boss-2" });
  }, 90_000);
  afterAll(() => provider?.stop());

  /** Goes from the page to the provider and on to where that leads. @returns the answer of the callback */
  async function signIn(visitor: Visitor): Promise<Response> {
    const toProvider = await visitor.get(loginUrl(dev));
    expect(locationOf(toProvider)).toContain("code_challenge_method=S256");
    const back = await fetch(locationOf(toProvider), { redirect: "manual" });
    return await visitor.get(locationOf(back));
  }

  test("[ACC-36] signs a person in, renews, and asks the provider only once", async () => {
    provider.user = { sub: "ada-7", name: "Ada" };
    const visitor = new Visitor();
    const token = tokenIn(locationOf(await signIn(visitor)), dev);
    expect(await memberOf(token)).toEqual({ member: "ada-7", name: "Ada" });
    const renewed = await visitor.get(`${dev.url}/login`, renewal);
    expect(await memberOf((await renewed.json()).token)).toEqual({ member: "ada-7", name: "Ada" });
    tokenIn(locationOf(await visitor.get(loginUrl(dev))), dev);
    expect((await new Visitor().get(`${dev.url}/login`, renewal)).status).toBe(401);
  });

  test("[ACC-36] gives each person its own rights", async () => {
    const rightsOf = async (sub: string) => {
      provider.user = { sub };
      const { can, rooms } = decodeJwt(tokenIn(locationOf(await signIn(new Visitor())), dev));
      return { can, rooms };
    };
    const can = ["read", "publish", "signal", "presence"];
    expect(await rightsOf("boss-2")).toEqual({ can: [...can, "moderate"], rooms: ["*"] });
    expect(await rightsOf("boss")).toEqual({ can, rooms: ["*"] });
  });

  test("[ACC-36] says that the provider refused, or sent a token of another sign-in", async () => {
    const denied = `${dev.url}/#lobby@7&error=access_denied&state=${STATE}`;
    provider.user = undefined;
    expect(locationOf(await signIn(new Visitor()))).toBe(denied);
    provider.user = { sub: "eve" };
    for (const claims of [
      { nonce: "of another sign-in" },
      { aud: "another client" },
      { iss: "https://evil.example" },
    ]) {
      provider.claims = claims;
      const visitor = new Visitor();
      expect(locationOf(await signIn(visitor))).toBe(denied);
      expect((await visitor.get(`${dev.url}/login`, renewal)).status).toBe(401);
    }
    provider.claims = {};
  });

  test("[ACC-36] takes the answer of the provider only in the browser that asked, and only once", async () => {
    provider.user = { sub: "eve" };
    const [eve, ada] = [new Visitor(), new Visitor()];
    const back = await fetch(locationOf(await eve.get(loginUrl(dev))), { redirect: "manual" });
    expect((await ada.get(locationOf(back))).status).toBe(400);
    expect((await ada.get(`${dev.url}/login`, renewal)).status).toBe(401);
    tokenIn(locationOf(await eve.get(locationOf(back))), dev);
    expect(locationOf(await eve.get(locationOf(back)))).toContain("error=access_denied");
  });

  test("[ACC-36] lets two tabs of one browser sign in at once", async () => {
    provider.user = { sub: "ada-7" };
    const visitor = new Visitor();
    const asked = [await visitor.get(loginUrl(dev)), await visitor.get(loginUrl(dev))];
    for (const each of asked) {
      const back = await fetch(locationOf(each), { redirect: "manual" });
      tokenIn(locationOf(await visitor.get(locationOf(back))), dev);
    }
  });

  test("[ACC-36] takes no session that it did not sign", async () => {
    const session = encodeURIComponent(JSON.stringify({ value: { id: "root", name: "Root" }, until: 9e15 }));
    const cookie = `session=${session}.${encodeURIComponent(`${"A".repeat(43)}=`)}`;
    expect((await fetch(`${dev.url}/login`, { headers: { ...renewal, cookie } })).status).toBe(401);
  });

  test.each(FOREIGN)("[ACC-35] sends nobody to %j", async (returnTo) => {
    const answer = await new Visitor().get(loginUrl(dev, returnTo));
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
  });
});

describe("the guide for a session cookie", () => {
  let dev: Dev;
  beforeAll(async () => {
    dev = await run("session", { SESSION_SECRET, AUTH_SECRET });
  }, 90_000);

  const enter = (cookie: string, origin?: string) =>
    TestSocket.open(`${dev.url.replace("http", "ws")}/realtime/v1/rooms/lobby`, SUBPROTOCOL, {
      cookie,
      ...(origin === undefined ? {} : { origin }),
    });
  const login = (password: string, origin = dev.url, address = `${dev.url}/login`) =>
    fetch(address, {
      method: "POST",
      body: new URLSearchParams({ user: "ada", password }),
      redirect: "manual",
      headers: { origin },
    });

  test("[ACC-36] lets the browser of a person who signed in into the rooms, and nobody else", async () => {
    const answer = await login("open sesame");
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Lax/);
    const session = cookie.split(";")[0] ?? "";
    expect(await (await enter(session)).until("welcome")).toMatchObject({ member: "ada" });
    await expect(enter("")).rejects.toThrow("401");
    await expect(enter(session.replace("ada", "eve"))).rejects.toThrow("401");
    await expect(enter(session, "https://evil.example")).rejects.toThrow("403");
    expect((await login("guess")).status).toBe(403);
    expect((await login("open sesame", "https://evil.example")).status).toBe(403);
  });

  test("[ACC-36] gives the chat page a token of the person who fills in the form, and renews it", async () => {
    const visitor = new Visitor();
    const form = await visitor.get(loginUrl(dev));
    expect([form.status, await form.text()]).toEqual([200, expect.stringContaining('<form method="post">')]);
    expect((await visitor.get(`${dev.url}/login`, renewal)).status).toBe(401);
    const posted = await login("open sesame", dev.url, loginUrl(dev));
    const cookie = posted.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect(locationOf(posted)).toBe(loginUrl(dev));
    const answer = await new Visitor().get(locationOf(posted), { cookie });
    expect(await memberOf(tokenIn(locationOf(answer), dev))).toMatchObject({ member: "ada" });
    const renewed = await new Visitor().get(`${dev.url}/login`, { ...renewal, cookie });
    expect(await memberOf((await renewed.json()).token)).toMatchObject({ member: "ada" });
    expect((await new Visitor().get(loginUrl(dev, "https://evil.example/"), { cookie })).status).toBe(400);
  });
});
