import { type Declaration, type ReadSetting, SettingError } from "./setting.ts";

/** The levels of log lines, from none to all. A level includes those before it. */
export const LOG_LEVELS = ["off", "error", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_SETTINGS = {
  LOG: {
    default: "info",
    description:
      "Which events are logged: `off`, `error` (what an operator has to repair), `info` (refusals, closes and slow readers as well) or `debug` (joins, leaves and deliveries as well). See [OPERATIONS.md](OPERATIONS.md).",
  },
} as const satisfies Record<string, Declaration>;

/** @throws SettingError */
export function parseLog(read: ReadSetting): LogLevel {
  const { label, value = LOG_SETTINGS.LOG.default } = read("LOG");
  const found = LOG_LEVELS.find((level) => level === value);
  if (found !== undefined) return found;
  throw new SettingError(`${label} is ${JSON.stringify(value)}. Set it to one of ${LOG_LEVELS.join(", ")}.`);
}
