import { parseSettings, type SettingOverrides, type Settings, settingsOf } from "../settings/settings.ts";

/** The part of a Durable Object namespace that finds a room. */
export type RoomNamespace = {
  idFromName(name: string): DurableObjectId;
  getByName(name: string, options?: { locationHint?: DurableObjectLocationHint }): unknown;
  jurisdiction?(jurisdiction: DurableObjectJurisdiction): RoomNamespace;
};

/** @internal What a deployment says of its rooms. */
export type RoomConfiguration = {
  rooms: (env: never, room: string) => RoomNamespace;
  settings?: ((env: never, room: string) => SettingOverrides) | undefined;
};

/** The deployments of this Worker, which a room finds its own in: it is in the same script, but is not constructed by it. */
const configurations: RoomConfiguration[] = [];

/** @internal */
export function register(configuration: RoomConfiguration): void {
  configurations.push(configuration);
}

/** @internal The settings of a room. @throws SettingError */
export function roomSettings(configuration: RoomConfiguration, env: object, room: string): Settings {
  const overrides = configuration.settings?.(env as never, room);
  return overrides === undefined ? settingsOf(env) : parseSettings(env, overrides);
}

/** @internal The settings of the room with this id. Without a name, or a deployment that it belongs to, they are those of the environment. */
export function settingsOfObject(id: DurableObjectId, env: object): Settings {
  const { name } = id;
  const own = name === undefined ? undefined : configurations.find((each) => isRoomOf(each, env, name, id));
  return own === undefined || name === undefined ? settingsOf(env) : roomSettings(own, env, name);
}

function isRoomOf(
  { rooms, settings }: RoomConfiguration,
  env: object,
  name: string,
  id: DurableObjectId,
): boolean {
  if (settings === undefined) return false;
  const namespace = rooms(env as never, name);
  const { jurisdiction } = roomSettings({ rooms, settings }, env, name);
  const own = jurisdiction === undefined ? namespace : (namespace.jurisdiction?.(jurisdiction) ?? namespace);
  return own.idFromName(name).equals(id);
}
