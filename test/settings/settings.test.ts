import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { INTEGERS } from "../../src/settings/integers.ts";
import { camelCase } from "../../src/settings/setting.ts";
import {
  DECLARATIONS,
  parseSettings,
  SettingError,
  type SettingOverrides,
} from "../../src/settings/settings.ts";

function expectToFail(name: string, vars: object, overrides?: SettingOverrides): void {
  const parse = () => parseSettings(vars, overrides);
  const given = JSON.stringify([vars, overrides]);
  expect(parse, given).toThrow(SettingError);
  expect(parse, given).toThrow(name);
}

describe("parseSettings", () => {
  test("[LIM-4] reads every declared setting and no other", () => {
    const read = new Set<string | symbol>();
    parseSettings(
      new Proxy(
        { WEBHOOK_URL: "https://a.test", WEBHOOK_SECRET: "0123456789abcdef" },
        {
          get: (vars, name) => {
            read.add(name);
            return Reflect.get(vars, name);
          },
        },
      ),
    );
    expect([...read].toSorted()).toEqual(Object.keys(DECLARATIONS).toSorted());
  });

  test("[LIM-4] uses the declared defaults, which wrangler.toml repeats", () => {
    // The test runner replaces these.
    const changed = {
      LOG: undefined,
      PUBLISH_RATE: undefined,
      LEAVE_GRACE_MS: undefined,
      AUTH_SECRET: undefined,
    };
    expect(parseSettings({})).toEqual(parseSettings({ ...env, ...changed }));
    expect(parseSettings({})).toMatchObject({ messageBytes: 262_144, plain: true, allowedOrigins: "*" });
  });
});

describe("a whole number", () => {
  const NUMBERS = Object.entries(INTEGERS).map(([name, { min, max }]) => [name, min, max] as const);

  const parsedValue = (name: string, vars: object, overrides?: SettingOverrides) =>
    Object.entries(parseSettings(vars, overrides)).find(([key]) => key === camelCase(name))?.[1];

  test("[LIM-4] has a default within its range", () => {
    for (const [name, { default: value, min, max }] of Object.entries(INTEGERS)) {
      expect(value, name).toBeGreaterThanOrEqual(min);
      expect(value, name).toBeLessThanOrEqual(max);
    }
  });

  test.each(NUMBERS)("[LIM-4] %s can be a number or text from %d to %d", (name, min, max) => {
    for (const value of [min, max]) {
      expect(parsedValue(name, { [name]: value })).toBe(value);
      expect(parsedValue(name, { [name]: `${value}` })).toBe(value);
      expect(parsedValue(name, {}, { [camelCase(name)]: value })).toBe(value);
    }
    expect(parsedValue(name, { [name]: ` 00${max} ` })).toBe(max);
  });

  test.each(NUMBERS)("[LIM-4] %s with another value is an error that names it", (name, min, max) => {
    const outside = [min - 1, max + 1, min + 0.5, Number.NaN, Number.POSITIVE_INFINITY];
    const others = ["", " ", "lots", "1e2", "0x10", "-1", "1.5", "1,000", null, true, [], {}];
    for (const value of [...outside, ...others]) expectToFail(name, { [name]: value });
    for (const value of outside) expectToFail(camelCase(name), {}, { [camelCase(name)]: value });
  });
});

describe("an override", () => {
  test("[LIM-4] takes precedence over the environment", () => {
    const vars = { HISTORY_MESSAGES: 10, PLAIN: "on", ALLOWED_ORIGINS: "*" };
    const overrides = { historyMessages: 20, plain: false, allowedOrigins: "https://a.test" };
    const { historyMessages, plain, allowedOrigins } = parseSettings(vars, overrides);
    expect([historyMessages, plain, [...allowedOrigins]]).toEqual([20, false, ["https://a.test"]]);
  });

  test("[LIM-4] makes an invalid value of the environment irrelevant", () => {
    expect(parseSettings({ HISTORY_DAYS: "lots" }, { historyDays: 7 }).historyDays).toBe(7);
  });

  test("[LIM-4] can set a webhook and token authentication", () => {
    const secret = "0123456789abcdef0123456789abcdef";
    const webhook = {
      webhookUrl: "https://a.test/hook",
      webhookSecret: secret,
      webhookEvents: "room.vacated",
    };
    expect(parseSettings({}, webhook).webhook).toEqual({
      url: "https://a.test/hook",
      secret,
      events: new Set(["room.vacated"]),
    });
    expect(parseSettings({}, { authMode: "token", authSecret: secret }).auth).toMatchObject({
      mode: "token",
      secret,
    });
  });

  test("[LIM-4] with an unknown name is an error that names it", () => {
    const misspelled: object = { historyMesages: 5 };
    expectToFail("historyMesages", {}, misspelled);
    const inUpperCase: object = { HISTORY_MESSAGES: 5 };
    expectToFail("HISTORY_MESSAGES", {}, inUpperCase);
  });

  test("[LIM-4] with an invalid value is an error that names it in camelCase", () => {
    expectToFail("authMode", {}, { authMode: "closed" });
    expectToFail("allowedOrigins", {}, { allowedOrigins: "a.test" });
    expectToFail("webhookUrl", {}, { webhookUrl: "a.test" });
  });
});

describe("PLAIN", () => {
  test.each([
    ["on", true],
    ["off", false],
    ["ON", true],
    ["Off", false],
    ["true", true],
    ["false", false],
    [true, true],
    [false, false],
  ])("[LIM-4] can be %j", (value, plain) => {
    expect(parseSettings({ PLAIN: value }).plain).toBe(plain);
  });

  test.each([[""], ["yes"], [1], [0], [null], [" on"]])("[LIM-4] cannot be %j", (value) => {
    expectToFail("PLAIN", { PLAIN: value });
  });
});

describe("AUTH_MODE", () => {
  test("[LIM-4] can be open", () => {
    expect(parseSettings({ AUTH_MODE: "open" }).auth.mode).toBe("open");
  });

  test("[LIM-4] can be token with a secret or a JWKS", () => {
    const bySecret = parseSettings({ AUTH_MODE: "token", AUTH_SECRET: "s" }).auth;
    expect(bySecret).toMatchObject({ mode: "token", secret: "s" });
    const byKeys = parseSettings({ AUTH_MODE: "token", AUTH_JWKS_URL: "https://a.test/keys" }).auth;
    expect(byKeys.mode).toBe("token");
  });

  test("[LIM-4] cannot be token without a valid secret or JWKS", () => {
    expectToFail("AUTH_SECRET", { AUTH_MODE: "token" });
    expectToFail("AUTH_SECRET", { AUTH_MODE: "token", AUTH_SECRET: "" });
    expectToFail("AUTH_SECRET", { AUTH_MODE: "token", AUTH_SECRET: " \t" });
    expectToFail("AUTH_JWKS_URL", { AUTH_MODE: "token", AUTH_JWKS_URL: "keys" });
  });

  test.each([["OPEN"], [""], [true]])("[LIM-4] cannot be %j", (value) => {
    expectToFail("AUTH_MODE", { AUTH_MODE: value });
  });
});

describe("AUTH_SECRET", () => {
  test("[LIM-4] logs a warning where it is short, without the secret", () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    parseSettings({ AUTH_SECRET: "0123456789abcdef0123456789abcdef" });
    expect(warn).not.toHaveBeenCalled();
    parseSettings({ AUTH_SECRET: "0123456789abcdef0123456789abcde" });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^AUTH_SECRET(?!.*abcde)/));
    warn.mockRestore();
  });
});

describe("AUTH_SECRET_PREVIOUS", () => {
  test("[ACC-40] needs a current secret", () => {
    const secret = "0123456789abcdef0123456789abcdef";
    expectToFail("AUTH_SECRET", { AUTH_SECRET_PREVIOUS: secret });
    const { auth } = parseSettings({ AUTH_SECRET: secret.toUpperCase(), AUTH_SECRET_PREVIOUS: secret });
    expect(auth).toMatchObject({ secret: secret.toUpperCase(), previousSecret: secret });
  });
});

describe("LOG", () => {
  test("[LIM-4] is one of four levels", () => {
    for (const level of ["off", "error", "info", "debug"])
      expect(parseSettings({ LOG: level }).log).toBe(level);
    expectToFail("LOG", { LOG: "loud" });
  });
});

describe("ALLOWED_ORIGINS", () => {
  test.each([
    ["*", "*"],
    [" * ", "*"],
    ["https://a.test", ["https://a.test"]],
    ["https://A.test/", ["https://a.test"]],
    ["https://a.test:443", ["https://a.test"]],
    ["capacitor://localhost", ["capacitor://localhost"]],
    [
      "https://a.test, http://localhost:8080\nhttp://[::1]:3000",
      ["https://a.test", "http://localhost:8080", "http://[::1]:3000"],
    ],
  ])("[LIM-4] can be %j", (value, origins) => {
    const { allowedOrigins } = parseSettings({ ALLOWED_ORIGINS: value });
    expect(allowedOrigins === "*" ? "*" : [...allowedOrigins]).toEqual(origins);
  });

  test.each([
    [""],
    [" , "],
    ["a.test"],
    ["https://a.test/page"],
    ["https://*.test/*"],
    ["*, https://a.test"],
    ["https://a.test?x"],
    ["null"],
    ["data:x"],
    [7],
    ["https://*.example.com"],
  ])("[LIM-4] cannot be %j", (value) => {
    expectToFail("ALLOWED_ORIGINS", { ALLOWED_ORIGINS: value });
  });
});

describe("a webhook", () => {
  const HOOK = { WEBHOOK_URL: "https://a.test/hook", WEBHOOK_SECRET: "0123456789abcdef" };

  test("[LIM-4] has a URL and a secret as text or base64", () => {
    const { webhook } = parseSettings(HOOK);
    expect([webhook?.url, webhook?.secret]).toEqual([HOOK.WEBHOOK_URL, HOOK.WEBHOOK_SECRET]);
    for (const base64 of ["A".repeat(32), `${"A".repeat(34)}==`, "A".repeat(34)]) {
      const secret = `whsec_${base64}`;
      expect(parseSettings({ ...HOOK, WEBHOOK_SECRET: secret }).webhook?.secret).toBe(secret);
    }
  });

  test.each([
    ["WEBHOOK_SECRET", undefined],
    ["WEBHOOK_SECRET", "0123456789abcde"],
    ["WEBHOOK_SECRET", `whsec_${"A".repeat(31)}`],
    ["WEBHOOK_SECRET", `whsec_${"A".repeat(33)}`],
    ["WEBHOOK_SECRET", `whsec_${"A".repeat(32)}=`],
    ["WEBHOOK_SECRET", `whsec_${"A".repeat(32)} `],
    ["WEBHOOK_SECRET", `whsec_${"-".repeat(32)}`],
    ["WEBHOOK_URL", "a.test/hook"],
    ["WEBHOOK_URL", "ftp://a.test/hook"],
    ["WEBHOOK_URL", "https://ada:secret@a.test/hook"],
    ["WEBHOOK_URL", "https://ada@a.test/hook"],
    ["WEBHOOK_EVENTS", "message.published message.lost"],
  ])("[LIM-4] cannot have %s: %j", (name, value) => {
    expectToFail(name, { ...HOOK, [name]: value });
  });
});

describe("AUTH_LOGIN_URL", () => {
  test.each([
    ["https://login.test/rooms?app=1"],
    ["http://localhost:8788/login"],
    ["http://127.0.0.1/login"],
    ["/login"],
    ["/a/b?c=d"],
  ])("[ACC-34] can be %j", (url) => {
    expect(parseSettings({ AUTH_LOGIN_URL: url }).auth.loginUrl).toBe(url);
  });

  test.each([
    ["javascript:alert(1)"],
    ["java\nscript:alert(1)"],
    ["data:text/html,hi"],
    ["http://login.test"],
    ["//login.test"],
    ["/\\login.test"],
    ["/\t/login.test"],
    ["login"],
    ["https://user:secret@login.test"],
    [5],
  ])("[ACC-34] cannot be %j", (url) => {
    expectToFail("AUTH_LOGIN_URL", { AUTH_LOGIN_URL: url });
  });
});
