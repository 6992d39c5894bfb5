import type { ServiceSettings } from "../protocol/service-settings.ts";
import { callerOf, notDormouse, type RemoteRoomOptions } from "./remote-room.ts";

/** `room`: the settings of this room, with those that the Worker's code gives to it; those of the service, if absent. */
export type ReadSettingsOptions = Omit<RemoteRoomOptions, "room"> & { room?: string | undefined };

/**
 * Reads the settings of a service, and where each comes from. Secrets have no value. The token needs `admin`, and `*` in its claim `rooms`.
 * @throws DormouseError with the code of the service: `forbidden`, `invalid_token`, `invalid_room`, `misconfigured`
 * @example
 * const { settings, problems } = await readSettings("https://rooms.example.com", { token });
 * for (const { detail } of problems) console.error(detail);
 */
export async function readSettings(
  url: string | URL,
  { room, ...options }: ReadSettingsOptions,
): Promise<ServiceSettings> {
  const path = `/v1/settings${room === undefined ? "" : `?room=${encodeURIComponent(room)}`}`;
  const answer = await callerOf(url, options).call({ method: "GET", path, isRepeatable: true });
  if (!Array.isArray(answer.settings)) throw notDormouse();
  return answer as ServiceSettings;
}
