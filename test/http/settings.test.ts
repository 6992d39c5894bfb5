import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { SettingError } from "../../src/settings/read.ts";
import { parseSettings } from "../../src/settings/settings.ts";
import { NO_LOCAL_SECRETS } from "../support/no-local-secrets.ts";
import { call, callWith, problemOf, UPGRADE } from "./call.ts";

/** The settings of wrangler.toml: what the environment holds that is neither a binding nor the test runner's own. */
const VARS: Record<string, unknown> = Object.fromEntries(
  Object.entries(env).filter(
    ([name, value]) => typeof value !== "object" && !name.startsWith("__") && !(name in NO_LOCAL_SECRETS),
  ),
);

test("[LIM-4] the defaults are the values of wrangler.toml", () => {
  // The tests themselves run without a limit of rate, and do not wait so long for who is away.
  const changed = { PUBLISH_RATE: undefined, LEAVE_GRACE_MS: undefined };
  expect(parseSettings({})).toEqual(parseSettings({ ...VARS, ...changed }));
});

test("[LIM-4] wrangler.toml has every setting that is read, and no other", () => {
  const read = new Set<string | symbol>();
  parseSettings(new Proxy({}, { get: (_, name) => void read.add(name) }));
  // Some settings have no default, and a secret does not belong in a file.
  const optional = [...Object.keys(NO_LOCAL_SECRETS), "LOCATION_HINT", "JURISDICTION"];
  expect([...read].toSorted()).toEqual([...Object.keys(VARS), ...optional].toSorted());
});

describe("whole numbers", () => {
  const NUMBERS = [
    ["MESSAGE_BYTES", "messageBytes", 1, 786_432],
    ["PUBLISH_RATE", "publishRate", 0, 100_000],
    ["PUBLISH_BURST", "publishBurst", 1, 100_000],
    ["HISTORY_MESSAGES", "historyMessages", 1, 10_000_000],
    ["HISTORY_BYTES", "historyBytes", 1_048_576, 8_589_934_592],
    ["HISTORY_DAYS", "historyDays", 1, 36_500],
    ["READ_RATE", "readRate", 0, 100_000],
    ["READ_BURST", "readBurst", 1, 100_000],
    ["DEDUPE_MESSAGES", "dedupeMessages", 0, 100_000],
    ["ROOM_SOCKETS", "roomSockets", 1, 32_768],
    ["RESUME_MESSAGES", "resumeMessages", 0, 1_000_000],
    ["HEARTBEAT_SECONDS", "heartbeatSeconds", 1, 3600],
    ["NAME_CHARS", "nameChars", 1, 256],
  ] as const;

  test.each(NUMBERS)("[LIM-4] %s is taken as a number or as text, to its edges", (name, key, min, max) => {
    for (const value of [min, max]) {
      expect(parseSettings({ [name]: value })[key]).toBe(value);
      expect(parseSettings({ [name]: `${value}` })[key]).toBe(value);
    }
    expect(parseSettings({ [name]: ` 00${max} ` })[key]).toBe(max);
  });

  test.each(NUMBERS)("[LIM-4] %s of any other kind fails by its name", (name, _key, min, max) => {
    const wrong = [
      min - 1,
      max + 1,
      min + 0.5,
      "",
      " ",
      "lots",
      "1e2",
      "0x10",
      "-1",
      "1.5",
      "1,000",
      null,
      true,
      [],
      {},
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ];
    for (const value of wrong) expectToFailBy(name, { [name]: value });
  });
});

test.each([
  ["on", true],
  ["off", false],
  ["ON", true],
  ["Off", false],
  ["true", true],
  ["false", false],
  [true, true],
  [false, false],
])("[LIM-4] PLAIN may be %j", (value, plain) => {
  expect(parseSettings({ PLAIN: value }).plain).toBe(plain);
});

test.each([[""], ["yes"], [1], [0], [null], [" on"]])("[LIM-4] PLAIN may not be %j", (value) => {
  expectToFailBy("PLAIN", { PLAIN: value });
});

test("[LIM-4] AUTH_MODE may be open", () => {
  expect(parseSettings({ AUTH_MODE: "open" }).auth.mode).toBe("open");
});

test("[LIM-4] AUTH_MODE=token needs a key to check tokens with, and lets nobody in without one", async () => {
  expectToFailBy("AUTH_SECRET", { AUTH_MODE: "token" });
  expectToFailBy("AUTH_SECRET", { AUTH_MODE: "token", AUTH_SECRET: "" });
  expectToFailBy("AUTH_SECRET", { AUTH_MODE: "token", AUTH_SECRET: " \t" });
  expectToFailBy("AUTH_JWKS_URL", { AUTH_MODE: "token", AUTH_JWKS_URL: "keys" });
  const unset = { AUTH_MODE: "token", AUTH_SECRET: undefined };
  const response = await callWith(unset, "/v1/rooms/a", { headers: UPGRADE });
  expect([response.status, response.webSocket]).toEqual([500, null]);
  expect(parseSettings({ AUTH_MODE: "token", AUTH_SECRET: "s" }).auth).toMatchObject({
    mode: "token",
    secret: "s",
  });
  expect(parseSettings({ AUTH_MODE: "token", AUTH_JWKS_URL: "https://a.test/keys" }).auth.mode).toBe("token");
});

test.each([["OPEN"], [""], [true]])("[LIM-4] AUTH_MODE may not be %j, and lets nobody in", async (value) => {
  expectToFailBy("AUTH_MODE", { AUTH_MODE: value });
  const response = await callWith({ AUTH_MODE: value }, "/v1/rooms/a", { headers: UPGRADE });
  expect([response.status, response.webSocket]).toEqual([500, null]);
});

test.each([
  ["*", "*"],
  [" * ", "*"],
  ["https://a.test", ["https://a.test"]],
  ["https://A.test/", ["https://a.test"]],
  ["https://a.test:443", ["https://a.test"]],
  [
    "https://a.test, http://localhost:8080\nhttp://[::1]:3000",
    ["https://a.test", "http://localhost:8080", "http://[::1]:3000"],
  ],
])("[LIM-4] ALLOWED_ORIGINS may be %j", (value, origins) => {
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
])("[LIM-4] ALLOWED_ORIGINS may not be %j", (value) => {
  expectToFailBy("ALLOWED_ORIGINS", { ALLOWED_ORIGINS: value });
});

const HOOK = { WEBHOOK_URL: "https://a.test/hook", WEBHOOK_SECRET: "0123456789abcdef" };

test("[LIM-4] a webhook has an address, and a secret that it can sign with", () => {
  const { webhook } = parseSettings(HOOK);
  expect([webhook?.url, webhook?.secret]).toEqual([HOOK.WEBHOOK_URL, HOOK.WEBHOOK_SECRET]);
  for (const secret of [`whsec_${"A".repeat(32)}`, `whsec_${"A".repeat(34)}==`, `whsec_${"A".repeat(34)}`]) {
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
])("[LIM-4] %s may not be %j", (name, value) => {
  expectToFailBy(name, { ...HOOK, [name]: value });
});

describe("a request to a service that is not set up right", () => {
  test.each([
    ["MESSAGE_BYTES", "lots"],
    ["PLAIN", "maybe"],
    ["ALLOWED_ORIGINS", "a.test"],
    ["AUTH_MODE", "closed"],
  ])("[LIM-4] is answered with what is wrong with %s, each time, until it is mended", async (name, value) => {
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
});

describe("a setting is in force", () => {
  test("PLAIN", async () => {
    const sent = { headers: { upgrade: "websocket" } };
    expect((await callWith({ PLAIN: "off" }, "/v1/rooms/plain", sent)).status).toBe(400);
    const response = await callWith({ PLAIN: "on" }, "/v1/rooms/plain", sent);
    expect(response.status).toBe(101);
    response.webSocket?.accept();
  });

  test("[ACC-2] ALLOWED_ORIGINS", async () => {
    const sent = { headers: { ...UPGRADE, origin: "https://page.test" } };
    const listed = await callWith({ ALLOWED_ORIGINS: "https://page.test" }, "/v1/rooms/origin", sent);
    expect(listed.status).toBe(101);
    listed.webSocket?.accept();
    const refused = await callWith({ ALLOWED_ORIGINS: "https://other.test" }, "/v1/rooms/origin", sent);
    expect(refused.status).toBe(403);
    expect((await problemOf(refused)).code).toBe("origin_refused");
  });

  test("NAME_CHARS", async () => {
    const path = "/v1/rooms/name?name=Ada";
    expect((await callWith({ NAME_CHARS: 2 }, path, { headers: UPGRADE })).status).toBe(400);
    const response = await callWith({ NAME_CHARS: 3 }, path, { headers: UPGRADE });
    expect(response.status).toBe(101);
    response.webSocket?.accept();
  });
});

function expectToFailBy(name: string, settings: object): void {
  const parse = () => parseSettings(settings);
  expect(parse, JSON.stringify(settings)).toThrow(SettingError);
  expect(parse, JSON.stringify(settings)).toThrow(name);
}
