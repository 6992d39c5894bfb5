import { CONTRACT_VERSION } from "../protocol/limits.ts";
import type { ServiceSettings, SettingInForce } from "../protocol/service-settings.ts";
import { VERSION } from "../protocol/version.ts";
import { type AuthSettings, parseAuth } from "../settings/auth.ts";
import { describeSettings } from "../settings/report.ts";
import { settingReader } from "../settings/setting.ts";
import { SettingError, settingsOf } from "../settings/settings.ts";
import { metricsOf } from "../telemetry/metrics.ts";
import { askDeployment } from "./deployment-code.ts";
import { hasDirectory } from "./directory.ts";
import { overridesOf, type RoomConfiguration, roomSettings } from "./registry.ts";

type Deployment = RoomConfiguration & { authenticate?: unknown };

/** @internal The settings that verify tokens, also while another setting is invalid. @throws SettingError */
export function authSettingsOf(env: object): AuthSettings {
  try {
    return settingsOf(env).auth;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    return parseAuth(settingReader(env, {}));
  }
}

/**
 * @internal
 * The settings of a deployment, as operators may read them.
 * @param room the settings of this room; of calls that name no room, if absent
 * @throws DormouseError where the deployment's own code fails
 */
export function describeService(
  deployment: Deployment,
  env: object,
  files: R2Bucket | undefined,
  room?: string,
): ServiceSettings {
  const overrides =
    room === undefined ? {} : askDeployment("settings", room, () => overridesOf(deployment, env, room));
  const { settings, problems } = describeSettings(env, overrides);
  const conflict = room === undefined || problems.length > 0 ? undefined : conflictOf(deployment, env, room);
  const signIn = deployment.authenticate === undefined ? "tokens" : "code";
  const hasWebhook = settings.some(({ name, source }) => name === "WEBHOOK_URL" && source !== "default");
  const unusedBy = (name: string): SettingInForce["unused"] => {
    if (signIn === "code" && name.startsWith("AUTH_") && name !== "AUTH_LOGIN_URL") return "code_sign_in";
    if (files === undefined && /^(ROOM_)?FILE_/.test(name)) return "no_file_store";
    return !hasWebhook && name.startsWith("WEBHOOK_") && name !== "WEBHOOK_URL" ? "no_webhook" : undefined;
  };
  return {
    version: VERSION,
    contract: CONTRACT_VERSION,
    room: room ?? null,
    signIn,
    codeSettings: deployment.settings !== undefined,
    bindings: {
      FILES: files !== undefined,
      METRICS: metricsOf(env) !== undefined,
      DIRECTORY: hasDirectory(env),
      JOINS: "JOINS" in env && env.JOINS !== undefined,
    },
    settings: settings.map((setting) => {
      const unused = unusedBy(setting.name);
      // Where code signs clients in, only the service's own origin is allowed unless a setting names others.
      const isClosed =
        signIn === "code" && setting.name === "ALLOWED_ORIGINS" && setting.source === "default";
      return {
        ...setting,
        ...(isClosed && { source: "code" as const, value: "" }),
        ...(unused !== undefined && { unused }),
      };
    }),
    problems: conflict === undefined ? problems : [{ detail: conflict }],
  };
}

/** Why the valid settings of a room are refused: another deployment has others for it. */
function conflictOf(deployment: Deployment, env: object, room: string): string | undefined {
  try {
    roomSettings(deployment, env, room);
    return undefined;
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
}
