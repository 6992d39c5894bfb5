import type { SettingInForce } from "../../../protocol/service-settings.ts";

/** The groups in their order, each with the names that it takes. The first that matches a name decides. */
const GROUPS = [
  ["access", /^(AUTH_|ALLOWED_ORIGINS$|PLAIN$)/],
  ["webhook", /^WEBHOOK_/],
  ["messages", /^(MESSAGE_BYTES|HISTORY_|DEDUPE_|RESUME_)/],
  ["rates", /_(RATE|BURST)$/],
  ["files", /^(ROOM_)?FILE_/],
  ["sessions", /^(ROOM_SOCKETS|ACK_|HEARTBEAT_|LEAVE_|MEMBERS_|STATE_|NAME_)/],
  ["operation", /^(LOCATION_HINT|JURISDICTION|LOG)$/],
  ["other", /^/],
] as const;

export type Group = (typeof GROUPS)[number][0];

/** The settings by group, in the order of the service. A group without settings is left out. */
export function groupSettings(settings: readonly SettingInForce[]): [Group, SettingInForce[]][] {
  const byGroup = Map.groupBy(settings, ({ name }) => groupOf(name));
  return GROUPS.flatMap(([group]): [Group, SettingInForce[]][] => {
    const members = byGroup.get(group);
    return members === undefined ? [] : [[group, members]];
  });
}

export function groupOf(setting: string): Group {
  return GROUPS.find(([, names]) => names.test(setting))?.[0] ?? "other";
}

/** Whether a setting has another value than its default. */
export function isChanged(setting: SettingInForce): boolean {
  return setting.secret ? setting.set === true : setting.value !== setting.default;
}
