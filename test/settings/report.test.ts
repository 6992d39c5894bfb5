import { describe, expect, test, vi } from "vitest";
import { describeSettings } from "../../src/settings/report.ts";
import type { Declaration } from "../../src/settings/setting.ts";
import { DECLARATIONS, type SettingOverrides } from "../../src/settings/settings.ts";

const HIDDEN = "hidden-part-of-a-value-0123456789abcdef";

function report(env: object, overrides?: SettingOverrides) {
  const { settings, problems } = describeSettings(env, overrides);
  return { problems, settings, of: (name: string) => settings.find((each) => each.name === name) };
}

describe("describeSettings", () => {
  test("[API-60] has every declared setting once, with its default where nothing sets it", () => {
    const { settings, problems } = report({});
    expect(settings.map(({ name }) => name)).toEqual(Object.keys(DECLARATIONS));
    expect(settings.every(({ source }) => source === "default")).toBe(true);
    expect(settings.filter(({ secret }) => !secret).map(({ value }) => value)).toEqual(
      settings.filter(({ secret }) => !secret).map((each) => each.default),
    );
    expect(problems).toEqual([]);
  });

  test("[API-60] says whether the environment or code set a value", () => {
    const env = { MESSAGE_BYTES: "1024", PLAIN: "OFF", AUTH_ISSUER: "", LOCATION_HINT: "weur", LOG: "info" };
    const { of } = report(env, { messageBytes: 2048, membersListed: 7, logUnknown: undefined } as object);
    expect(of("MESSAGE_BYTES")).toEqual({
      name: "MESSAGE_BYTES",
      source: "code",
      value: 2048,
      default: 262_144,
      unit: "bytes",
      min: 1,
      max: 786_432,
    });
    expect(of("MEMBERS_LISTED")).toMatchObject({ source: "code", value: 7 });
    expect(of("PLAIN")).toMatchObject({ source: "environment", value: "off", default: "on" });
    // An empty text is no value where a setting is optional.
    expect(of("AUTH_ISSUER")).toMatchObject({ source: "default", value: null });
    expect(of("LOCATION_HINT")).toMatchObject({ source: "environment", value: "weur" });
    // The environment repeats the default, which is told apart from no value.
    expect(of("LOG")).toMatchObject({ source: "environment", value: "info", default: "info" });
  });

  test("[API-61] shows of secrets only whether they are set, and of addresses that may hold one only the origin", () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const secrets = Object.entries(DECLARATIONS as Record<string, Declaration>).filter(
      ([name, { description }]) => /SECRET/.test(name) || /It is a secret/.test(description),
    );
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    for (const [name, { shows }] of secrets) expect([name, shows]).toEqual([name, "presence"]);
    const env = {
      ...Object.fromEntries(secrets.map(([name]) => [name, HIDDEN])),
      WEBHOOK_URL: `https://hooks.test:8443/services/${HIDDEN}?key=${HIDDEN}`,
      AUTH_JWKS_URL: `https://${HIDDEN}:${HIDDEN}@keys.test/${HIDDEN}`,
    };
    const { settings, problems, of } = report(env);
    expect(problems).toEqual([]);
    for (const [name] of secrets)
      expect(of(name)).toEqual({ name, source: "environment", secret: true, set: true, default: null });
    expect(of("WEBHOOK_URL")).toMatchObject({ value: "https://hooks.test:8443/…", partial: true });
    expect(of("AUTH_JWKS_URL")).toMatchObject({ value: "https://keys.test/…", partial: true });
    expect(JSON.stringify(settings)).not.toContain(HIDDEN.slice(0, 6));
    expect(report({ WEBHOOK_URL: "https://hooks.test", WEBHOOK_SECRET: HIDDEN }).of("WEBHOOK_URL")).toEqual({
      name: "WEBHOOK_URL",
      source: "environment",
      value: "https://hooks.test",
      default: null,
      unit: "URL",
    });
  });

  test.each([
    ["MESSAGE_BYTES", { MESSAGE_BYTES: "lots" }],
    ["PLAIN", { PLAIN: "maybe" }],
    ["AUTH_MODE", { AUTH_MODE: "closed" }],
    ["AUTH_SECRET_PREVIOUS", { AUTH_SECRET_PREVIOUS: HIDDEN }],
    ["WEBHOOK_URL", { WEBHOOK_URL: "https://a.test" }],
    ["WEBHOOK_URL", { WEBHOOK_URL: `https://${HIDDEN}:x@a.test`, WEBHOOK_SECRET: HIDDEN }],
    ["WEBHOOK_SECRET", { WEBHOOK_URL: "https://a.test", WEBHOOK_SECRET: "short" }],
    ["WEBHOOK_EVENTS", { WEBHOOK_EVENTS: "message.publish" }],
    ["ALLOWED_ORIGINS", { ALLOWED_ORIGINS: "a.test" }],
    ["FILE_TYPES", { FILE_TYPES: "images" }],
    ["JURISDICTION", { JURISDICTION: "moon" }],
    ["LOG", { LOG: "loud" }],
  ])("[API-61] names %s where it is invalid: %j", (name, env) => {
    const { problems, of, settings } = report(env);
    expect(problems).toEqual([{ name, detail: expect.stringContaining(name) }]);
    expect(of(name)?.value ?? null).toBeNull();
    expect(JSON.stringify([settings, problems])).not.toContain(HIDDEN.slice(0, 6));
  });

  test("[API-61] names all invalid numbers, and a name of code that is no setting", () => {
    const { problems } = report({ MESSAGE_BYTES: "0", ROOM_SOCKETS: "-1" }, { historyDays: 0 });
    expect(problems.map(({ name }) => name)).toEqual(["MESSAGE_BYTES", "ROOM_SOCKETS", "HISTORY_DAYS"]);
    const { problems: unknown } = report({}, { mesageBytes: 1 } as object);
    expect(unknown).toEqual([{ detail: expect.stringContaining("mesageBytes is not a setting") }]);
  });
});
