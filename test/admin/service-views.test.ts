import { describe, expect, test } from "vitest";
import { zh } from "../../src/admin/i18n/zh.ts";
import { groupOf, groupSettings, isChanged } from "../../src/admin/views/settings/setting-groups.ts";
import { statusHint } from "../../src/admin/views/webhook/status-hint.ts";
import type { SettingInForce } from "../../src/protocol/service-settings.ts";
import { describeSettings } from "../../src/settings/report.ts";

describe("the settings in force", () => {
  const { settings } = describeSettings({ MESSAGE_BYTES: "1024", AUTH_SECRET: "x".repeat(32), LOG: "info" });

  test("[PAGE-56] have a group each, and a unit in both languages", () => {
    expect(settings.filter(({ name }) => groupOf(name) === "other")).toEqual([]);
    expect(groupSettings(settings).flatMap(([, members]) => members)).toHaveLength(settings.length);
    const units = settings.flatMap(({ value, unit }) => (typeof value === "number" ? (unit ?? []) : []));
    expect(units.filter((unit) => !(unit in zh.settings.units))).toEqual([]);
  });

  test("[PAGE-56] go to the last group where the page does not know them", () => {
    const unknown: SettingInForce = { name: "SOMETHING_NEW", source: "default", value: 1, default: 1 };
    expect(groupSettings([unknown])).toEqual([["other", [unknown]]]);
  });

  test("[PAGE-56] differ from the default by their value, and a secret by being set", () => {
    expect(settings.filter(isChanged).map(({ name }) => name)).toEqual(["AUTH_SECRET", "MESSAGE_BYTES"]);
  });
});

describe("statusHint", () => {
  test("[PAGE-57] says what the status of a failed delivery says of the receiver", () => {
    const statuses = [301, 307, 400, 401, 403, 404, 410, 413, 429, 500, 503];
    expect(statuses.map(statusHint)).toEqual([
      "redirect",
      "redirect",
      undefined,
      "unauthorized",
      "unauthorized",
      "notFound",
      "notFound",
      "tooBig",
      "slowDown",
      "server",
      "server",
    ]);
  });
});
