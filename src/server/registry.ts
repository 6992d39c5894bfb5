import { JURISDICTIONS } from "../settings/places.ts";
import {
  parseSettings,
  SettingError,
  type SettingOverrides,
  type Settings,
  settingsOf,
} from "../settings/settings.ts";
import { askDeployment } from "./deployment-code.ts";

/** The part of a Durable Object namespace that finds a room. */
export type RoomNamespace = {
  idFromName(name: string): DurableObjectId;
  getByName(name: string, options?: { locationHint?: DurableObjectLocationHint }): unknown;
  jurisdiction?(jurisdiction: DurableObjectJurisdiction): RoomNamespace;
};

/** @internal What a deployment says of its rooms. */
export type RoomConfiguration = {
  rooms: (env: never, room: string) => RoomNamespace | undefined;
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that ends without a return changes no setting
  settings?: ((env: never, room: string) => SettingOverrides | undefined | void) | undefined;
  files?: ((env: never) => R2Bucket | undefined) | undefined;
};

/** The deployments of this Worker, which a room finds its own in: it is in the same script, but is not constructed by it. */
const configurations: RoomConfiguration[] = [];

/** @internal */
export function register(configuration: RoomConfiguration): void {
  configurations.push(configuration);
}

/**
 * @internal
 * The settings of a room of a deployment.
 * @throws SettingError where a setting is invalid, or another deployment has other settings for the same room
 */
export function roomSettings(configuration: RoomConfiguration, env: object, room: string): Settings {
  const overrides = askDeployment("settings", room, () => overridesOf(configuration, env, room));
  if (isContradicted(configuration, overrides, env, room)) {
    throw new SettingError(
      `Two deployments have the room ${room} by the same binding, with different settings. Pass the same settings to both calls of createDormouse.`,
    );
  }
  return settingsWith(env, overrides);
}

/**
 * @internal
 * The settings of the room with this id: those of the first deployment that has it. Without a name, or a deployment, they are those of the
 * environment.
 */
export function settingsOfObject(id: DurableObjectId, env: object): Settings {
  const { name } = id;
  if (name === undefined) return settingsOf(env);
  const owners = configurations.filter((each) => hasObject(each, env, name, id));
  const overrides = owners.map((owner) => () => overridesOf(owner, env, name));
  // A deployment that fails is passed over while another one answers.
  const answer = overrides.map(quietly).find((each) => each !== undefined);
  return settingsWith(env, answer ?? overrides[0]?.() ?? {});
}

/** @internal The file store of the room with this id: that of the first deployment that has the room and a store. */
export function filesOfObject(id: DurableObjectId, env: object): R2Bucket | undefined {
  const { name } = id;
  for (const each of configurations) {
    const files = quietly(() => each.files?.(env as never));
    if (files !== undefined && (name === undefined || hasObject(each, env, name, id))) return files;
  }
  return undefined;
}

function settingsWith(env: object, overrides: SettingOverrides): Settings {
  return Object.keys(overrides).length === 0 ? settingsOf(env) : parseSettings(env, overrides);
}

/** Whether another deployment has the same room with other settings. */
function isContradicted(
  own: RoomConfiguration,
  overrides: SettingOverrides,
  env: object,
  room: string,
): boolean {
  const others = configurations.filter((each) => each !== own);
  const id = others.length === 0 ? undefined : quietly(() => own.rooms(env as never, room)?.idFromName(room));
  if (id === undefined) return false;
  return others.some((other) => {
    if (!hasObject(other, env, room, id)) return false;
    const said = quietly(() => overridesOf(other, env, room));
    return said !== undefined && canonical(said) !== canonical(overrides);
  });
}

/** @internal @throws TypeError where they are no object, and whatever `settings` throws */
export function overridesOf(
  { settings }: Pick<RoomConfiguration, "settings">,
  env: object,
  room: string,
): SettingOverrides {
  const overrides: unknown = settings?.(env as never, room) ?? {};
  if (typeof overrides === "object" && overrides !== null && !("then" in overrides)) return overrides;
  throw new TypeError(
    "settings(env, room) must return an object such as { historyDays: 7 }, and no promise.",
  );
}

/**
 * @internal
 * Tells the rooms of a deployment from those of others, which share the directory of the Worker; undefined where there are no others.
 */
export function ownRooms(
  configuration: RoomConfiguration,
  env: object,
): ((room: { room: string; object: string }) => boolean) | undefined {
  if (configurations.length < 2) return undefined;
  const { jurisdiction } = settingsOf(env);
  return ({ room, object }) =>
    quietly(() => {
      const namespace = configuration.rooms(env as never, room);
      const placed =
        jurisdiction === undefined ? namespace : (namespace?.jurisdiction?.(jurisdiction) ?? namespace);
      return placed?.idFromName(room).toString() === object;
    }) ?? false;
}

/** Whether a room of a deployment is the object with this id, in whichever jurisdiction. */
function hasObject({ rooms }: RoomConfiguration, env: object, room: string, id: DurableObjectId): boolean {
  const namespace = quietly(() => rooms(env as never, room));
  const isIn = (place: () => RoomNamespace | undefined) =>
    quietly(() => place()?.idFromName(room).equals(id)) ?? false;
  return (
    isIn(() => namespace) ||
    JURISDICTIONS.some((jurisdiction) => isIn(() => namespace?.jurisdiction?.(jurisdiction)))
  );
}

/** Functions of a deployment that are asked about a room of another may fail in any way. */
function quietly<Result>(ask: () => Result): Result | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function canonical(overrides: SettingOverrides): string {
  const set = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return JSON.stringify(set.sort(([a], [b]) => (a < b ? -1 : 1)));
}
