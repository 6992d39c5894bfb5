import { describe, expect, test } from "vitest";
import type { ServiceSettings } from "../../src/protocol/service-settings.ts";
import { readSettings } from "../../src/server/index.ts";
import { sign } from "../auth/tokens.ts";
import { call, problemOf } from "../http/call.ts";
import { type Deployment, deployment } from "./deployment.ts";

const headers = async () => ({ authorization: `Bearer ${await sign({ can: ["admin"] })}` });

async function settingsOf({ call: send }: Deployment, query = "") {
  const response = await send(`/v1/settings${query}`, { headers: await headers() });
  const body = (await response.json()) as ServiceSettings;
  return { ...body, of: (name: string) => body.settings.find((each) => each.name === name) };
}

describe("the settings of a deployment", () => {
  test("[API-60] are those of code for a room that it has settings for, and are not known without one", async () => {
    const own = deployment({
      settings: (_, room) =>
        room.endsWith("audit") ? { historyMessages: 1_000_000, plain: false } : undefined,
    });
    const audit = await settingsOf(own, `?room=${own.room("audit")}`);
    expect(audit).toMatchObject({ room: own.room("audit"), codeSettings: true, problems: [] });
    expect(audit.of("HISTORY_MESSAGES")).toMatchObject({ source: "code", value: 1_000_000 });
    expect(audit.of("PLAIN")).toMatchObject({ source: "code", value: "off" });
    expect(audit.of("MESSAGE_BYTES")).toMatchObject({ source: "environment" });
    const other = await settingsOf(own, `?room=${own.room("chat")}`);
    expect(other.of("HISTORY_MESSAGES")).toMatchObject({ source: "environment", value: 10_000 });
    const all = await settingsOf(own);
    expect(all).toMatchObject({ room: null, codeSettings: true });
    expect(all.of("HISTORY_MESSAGES")).toMatchObject({ source: "environment", value: 10_000 });
  });

  test("[API-61] have the faults of code for a room, and code that fails is refused without its reason", async () => {
    const wrong = deployment({ settings: () => ({ historyDays: 0 }) });
    const { problems, of } = await settingsOf(wrong, `?room=${wrong.room()}`);
    expect(problems).toEqual([{ name: "HISTORY_DAYS", detail: expect.stringContaining("historyDays is 0") }]);
    expect(of("HISTORY_DAYS")).toMatchObject({ source: "code", value: null });
    const failing = deployment({
      settings: () => {
        throw new Error("a reason of its own");
      },
    });
    const send = { headers: await headers() };
    const problem = await problemOf(await failing.call(`/v1/settings?room=${failing.room()}`, send));
    expect(problem.code).toBe("hook_failed");
    expect(problem.detail).not.toContain("a reason of its own");
  });

  test("[API-61] say where two deployments contradict each other", async () => {
    const first = deployment({ settings: () => ({ historyDays: 1 }) });
    const [name] = first.room().split(/-$/);
    const second = deployment({ settings: () => ({ historyDays: 2 }) }, {}, name);
    const { problems } = await settingsOf(second, `?room=${second.room()}`);
    expect(problems).toEqual([{ detail: expect.stringContaining("different settings") }]);
  });

  test("[API-60] say which have no effect where code signs clients in", async () => {
    const own = deployment(
      {
        authenticate: () => null,
        authenticateOperator: () => ({ member: "operator", can: ["admin"] }),
      },
      { MESSAGE_BYTES: "lots" },
      undefined,
      ["ALLOWED_ORIGINS"],
    );
    const { of, signIn, problems } = await settingsOf(own);
    expect([signIn, problems.map(({ name }) => name)]).toEqual(["code", ["MESSAGE_BYTES"]]);
    expect(of("AUTH_MODE")).toMatchObject({ unused: "code_sign_in" });
    expect(of("AUTH_LOGIN_URL")).not.toHaveProperty("unused");
    expect(of("ALLOWED_ORIGINS")).toMatchObject({ source: "code", value: "" });
  });
});

describe("readSettings", () => {
  const fetch = (request: Request) => {
    const { pathname, search } = new URL(request.url);
    return call(pathname + search, { headers: Object.fromEntries(request.headers) });
  };

  test("[API-60] reads the settings of a service over HTTP", async () => {
    const options = { token: () => sign({ can: ["admin"] }), fetch };
    const { settings, room } = await readSettings("https://dormouse.test", { ...options, room: "a b" });
    expect(room).toBe("a b");
    expect(settings.length).toBeGreaterThan(30);
    const guest = readSettings("https://dormouse.test", { ...options, token: undefined });
    await expect(guest).rejects.toMatchObject({ code: "forbidden" });
  });
});
