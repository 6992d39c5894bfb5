import { DormouseError } from "../protocol/errors.ts";
import { SettingError } from "../settings/settings.ts";

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
    console.error(`${name} of createDormouse failed for the room ${room}:`, error);
    throw new DormouseError(
      "hook_failed",
      `The server's ${name} failed. The log of the server has the reason.`,
    );
  }
}
