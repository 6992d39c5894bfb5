import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { serviceSettingsSchema } from "../../src/protocol/operator-api.ts";
import { sign } from "../auth/tokens.ts";
import { call, callNoting, callWith, ORIGIN, problemOf } from "./call.ts";

const operator = async (claims: object = {}) => ({
  headers: { authorization: `Bearer ${await sign({ sub: "operator", can: ["admin"], ...claims })}` },
});

/** The body of an answer, which has no field beyond the schema. */
async function settingsIn(response: Response) {
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const body: unknown = await response.json();
  const parsed = v.parse(serviceSettingsSchema, body);
  expect(parsed).toEqual(body);
  return { ...parsed, of: (name: string) => parsed.settings.find((each) => each.name === name) };
}

describe("GET /v1/settings", () => {
  test("[API-60] has values, sources and bindings, and contacts no room", async () => {
    const vars = { HISTORY_DAYS: undefined, FILES: undefined };
    const { response, contacted } = await callNoting("/v1/settings", await operator(), vars);
    const { of, ...rest } = await settingsIn(response);
    expect(contacted).toEqual([]);
    expect(of("PUBLISH_RATE")).toMatchObject({ source: "environment", value: 0, default: 20 });
    expect(of("HISTORY_DAYS")).toMatchObject({ source: "default", value: 30 });
    expect(of("AUTH_SECRET")).toMatchObject({ secret: true, set: true });
    expect(of("AUTH_SECRET_PREVIOUS")).toMatchObject({ secret: true, set: false });
    expect(of("FILE_BYTES")).toMatchObject({ unused: "no_file_store" });
    expect(of("WEBHOOK_SECRET")).toMatchObject({ unused: "no_webhook", set: false });
    expect(of("WEBHOOK_URL")).not.toHaveProperty("unused");
    expect(rest).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      contract: expect.any(Number),
      room: null,
      signIn: "tokens",
      codeSettings: false,
      bindings: { FILES: false, METRICS: false, DIRECTORY: true, JOINS: true },
      problems: [],
    });
  });

  test("[API-60] requires admin in all rooms", async () => {
    const refused = async (claims: object) =>
      await problemOf(await call("/v1/settings", await operator(claims)));
    expect(await refused({ can: ["read", "moderate"] })).toMatchObject({ code: "forbidden", needs: "admin" });
    expect(await refused({ rooms: ["lobby*"] })).toMatchObject({ status: 403, code: "forbidden" });
    expect(await problemOf(await call("/v1/settings"))).toMatchObject({ code: "forbidden", needs: "admin" });
    const required = await callWith({ AUTH_MODE: "token" }, "/v1/settings");
    expect(await problemOf(required)).toMatchObject({ status: 401, code: "invalid_token" });
    const wrongRoom = await call("/v1/settings?room=a%2Fb", await operator());
    expect((await problemOf(wrongRoom)).code).toBe("invalid_room");
    expect((await call("/v1/settings", { method: "POST" })).status).toBe(405);
  });

  test("[API-61] has no secret and no part of one", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const secrets = {
      AUTH_SECRET: "Quail-violet-harbour-47-sundial-moth",
      AUTH_SECRET_PREVIOUS: "Ember-lattice-09-walrus-parchment-oak",
      WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      WEBHOOK_SECRET_PREVIOUS: "Tundra-saffron-kettle-58",
    };
    const vars = { ...secrets, WEBHOOK_URL: "https://hooks.test/services/T0Zyx987/B0Wvu654" };
    const authorization = `Bearer ${await sign({ can: ["admin"] }, secrets.AUTH_SECRET)}`;
    const response = await callWith(vars, "/v1/settings", { headers: { authorization } });
    const text = await response.clone().text();
    const { of } = await settingsIn(response);
    for (const name of Object.keys(secrets)) expect(of(name)).toMatchObject({ secret: true, set: true });
    const parts = [...Object.values(secrets), "services/T0Zyx987/B0Wvu654"].flatMap((secret) =>
      Array.from({ length: secret.length - 5 }, (_, i) => secret.slice(i, i + 6)),
    );
    // The prefix that all such secrets have is in no answer either.
    expect(parts.filter((part) => text.includes(part))).toEqual([]);
  });

  test("[API-61] names invalid settings, while every other call is refused for them", async () => {
    const vars = { MESSAGE_BYTES: "lots", ALLOWED_ORIGINS: "a.test" };
    const { problems, of } = await settingsIn(await callWith(vars, "/v1/settings", await operator()));
    expect(problems.map(({ name }) => name)).toEqual(["ALLOWED_ORIGINS", "MESSAGE_BYTES"]);
    expect(of("MESSAGE_BYTES")).toMatchObject({ source: "environment", value: null, default: 262_144 });
    for (const path of ["/v1/rooms", "/v1/rooms/a", "/v1/rooms/a/webhook", "/v1/settings/a"]) {
      const refused = await problemOf(await callWith(vars, path, await operator()));
      expect([path, refused.code]).toEqual([path, "misconfigured"]);
    }
    const { headers } = await operator();
    const own = { headers: { ...headers, origin: ORIGIN } };
    expect((await callWith(vars, "/v1/settings", own)).status).toBe(200);
    const other = await callWith(vars, "/v1/settings", { headers: { ...headers, origin: "https://a.test" } });
    expect((await problemOf(other)).code).toBe("origin_refused");
    const guest = await problemOf(await callWith(vars, "/v1/settings"));
    expect(guest).toMatchObject({ code: "forbidden" });
    expect(guest.detail).not.toContain("MESSAGE_BYTES");
  });

  test("[API-61] is refused like every other call where the settings of tokens are invalid", async () => {
    for (const vars of [{ AUTH_MODE: "closed" }, { AUTH_SECRET: undefined, AUTH_SECRET_PREVIOUS: "x" }]) {
      const refused = await problemOf(await callWith(vars, "/v1/settings", await operator()));
      expect(refused).toMatchObject({ status: 500, code: "misconfigured" });
    }
  });
});
