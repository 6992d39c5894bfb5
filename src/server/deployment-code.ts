import { DormouseError } from "../protocol/errors.ts";
import { SettingError } from "../settings/settings.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";

/**
 * @internal
 * Asks a function of `createDormouse` about a room. An unexpected error is logged, and its details stay on the server.
 * @throws DormouseError what the function refuses by `reject`, or `hook_failed` @throws SettingError
 */
export function askDeployment<Result>(name: "rooms" | "settings", room: string, ask: () => Result): Result {
  try {
    return ask();
  } catch (error) {
    if (error instanceof DormouseError || error instanceof SettingError) throw error;
    isolateTelemetry.fault("deployment_failed", `${name} of createDormouse`, error, room);
    throw new DormouseError(
      "hook_failed",
      `The server's ${name} failed. The log of the server has the reason.`,
    );
  }
}
