import { describe, expect, test } from "vitest";
import type { Identity } from "../../src/server/index.ts";
import { posted, problemOf, UPGRADE } from "../http/call.ts";
import { type Deployment, deployment } from "./deployment.ts";

const PAGE = "https://page.test";
const ADA: Identity = { member: "ada", can: ["read", "publish"] };
const settings = () => ({ allowedOrigins: PAGE });

const from = (origin: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), origin },
});

async function expectRefused(response: Response): Promise<void> {
  expect([response.status, (await problemOf(response)).code]).toEqual([403, "origin_refused"]);
}

/** The headers of the answers to a page's preflight and to its request. */
async function answersTo({ call, room }: Deployment, origin: string, rest = "", method = "GET") {
  const path = `/v1/rooms/${room()}${rest}`;
  const asked = { origin, "access-control-request-method": method };
  const preflight = await call(path, { method: "OPTIONS", headers: asked });
  const answer = await call(path, from(origin, { method }));
  return { preflight, answer };
}

describe("the origins that a room allows", () => {
  test("[ACC-2] are its own, over those of the deployment, for every call that names it", async () => {
    for (const vars of [{}, { ALLOWED_ORIGINS: "https://other.test" }]) {
      const { call, room } = deployment({ settings }, vars);
      for (const rest of ["", "/messages", "/members"]) {
        const allowed = await call(`/v1/rooms/${room()}${rest}`, from(PAGE));
        expect(allowed.status).toBe(200);
        expect(allowed.headers.get("access-control-allow-origin")).toBe(PAGE);
        await expectRefused(await call(`/v1/rooms/${room()}${rest}`, from("https://other.test")));
      }
      await expectRefused(
        await call(`/v1/rooms/${room()}`, from("https://other.test", { headers: UPGRADE })),
      );
      const many = posted({ rooms: [room()], data: 1 });
      await expectRefused(await call("/v1/messages", from("https://other.test", many)));
    }
  });

  test("[ACC-2] leave a name that is not valid to its own refusal", async () => {
    const { call } = deployment({ settings });
    const refused = await call("/v1/rooms/%FF", from(PAGE));
    expect([refused.status, (await problemOf(refused)).code]).toEqual([400, "invalid_room"]);
  });
});

describe("pages of other origins, where authenticate signs clients in", () => {
  const authenticate = () => ADA;

  test("[ACC-23] are refused unless a setting names them", async () => {
    const here = deployment({ authenticate }, {}, undefined, ["ALLOWED_ORIGINS"]);
    await expectRefused((await answersTo(here, PAGE)).answer);
    const named = deployment({ authenticate, settings }, {}, undefined, ["ALLOWED_ORIGINS"]);
    expect((await answersTo(named, PAGE)).answer.status).toBe(200);
    await expectRefused((await answersTo(named, "https://other.test")).answer);
  });

  test("[ACC-23] may send cookies where they are named, and not where all are allowed", async () => {
    for (const [allowed, credentials] of [
      [PAGE, "true"],
      ["*", null],
    ] as const) {
      const here = deployment({ authenticate }, { ALLOWED_ORIGINS: allowed });
      const { preflight, answer } = await answersTo(here, PAGE);
      for (const { headers } of [preflight, answer]) {
        expect(headers.get("access-control-allow-credentials")).toBe(credentials);
        expect(headers.get("access-control-allow-origin")).toBe(allowed);
      }
    }
    const tokens = deployment({}, { ALLOWED_ORIGINS: PAGE });
    const { answer } = await answersTo(tokens, PAGE);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test.each(["PUT", "PATCH", "DELETE"])("[ACC-23] [HOOK-30] may send a %s to onRequest", async (method) => {
    const here = deployment({ authenticate, binding: (env) => env.COMPOSED }, { ALLOWED_ORIGINS: PAGE });
    const { preflight, answer } = await answersTo(here, PAGE, "/custom/thing", method);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")?.split(",")).toContain(method);
    expect(await answer.json()).toMatchObject({ method, author: { member: "ada" } });
  });
});
