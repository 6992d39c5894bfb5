import type { Hono } from "hono";
import { createApp } from "../http/app.ts";
import type { Service } from "../http/service.ts";
import { DormouseError } from "../protocol/errors.ts";
import { checkedRoomName } from "../protocol/names.ts";
import type { RoomsPage } from "../protocol/room-list.ts";
import { RoomClient, type RoomStub } from "../rpc/room-calls.ts";
import { INTEGERS } from "../settings/integers.ts";
import { SettingError, type SettingOverrides, type Settings, settingsOf } from "../settings/settings.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { askDeployment } from "./deployment-code.ts";
import { type ListRoomsQuery, listRoomsOf, roomListOf } from "./directory.ts";
import { DormouseEntrypoint } from "./entrypoint.ts";
import { grantByIdentity, type Identity } from "./identity.ts";
import {
  overridesOf,
  ownRooms,
  type RoomConfiguration,
  type RoomNamespace,
  register,
  roomSettings,
} from "./registry.ts";
import { RoomHandle } from "./room-handle.ts";
import { authSettingsOf, describeService } from "./service-settings.ts";

/**
 * - `rooms`: the Durable Object binding of a room. Rooms of different classes have different bindings. Nothing for rooms that are not
 *   here: clients receive 404 `not_found`.
 * - `authenticate`: your own sign-in, in place of Dormouse's tokens and guests; `null` refuses the client with 401. It sees the client's
 *   request without its body: cookies, headers, query. `credentialOf(request)` is the credential that `joinRoom` sends.
 * - `files`: the R2 bucket of files that are too large for a message. Nothing: the rooms have no file store.
 * - `authenticateOperator`: the same for calls about all rooms, such as `GET /v1/rooms`. They need `admin`. Without it, a deployment with
 *   `authenticate` refuses these calls.
 * - `settings`: settings of a room, over those of the environment (docs/SETTINGS.md), by their names in camel case.
 */
export type DormouseOptions<Env> = {
  rooms: (env: Env, room: string) => RoomNamespace | undefined;
  authenticate?: (request: Request, env: Env, room: string) => Identity | null | Promise<Identity | null>;
  files?: (env: Env) => R2Bucket | undefined;
  authenticateOperator?: (request: Request, env: Env) => Identity | null | Promise<Identity | null>;
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that ends without a return changes no setting
  settings?: (env: Env, room: string) => SettingOverrides | undefined | void;
};

/** A deployment of Dormouse in a Worker. */
export type Dormouse<Env extends object> = {
  /** The HTTP API and the upgrades. Mount it at any path, or export it as the Worker itself. */
  app: Hono<{ Bindings: Env }>;
  /** A room, for Worker code. It is created by its first message. @throws DormouseError `invalid_room` */
  room<Message = unknown>(env: Env, name: string): RoomHandle<Message>;
  /**
   * The active rooms, in the order of their names, as they reported themselves last. At most 1,000 at a time, 100 if `limit` is absent. The next
   * page begins `after` the last room of this one.
   * @throws DormouseError `no_directory` without the binding `DIRECTORY`, `invalid_query`, `unavailable`
   * @example const { rooms, more } = await dormouse.rooms(env, { prefix: "order-" });
   */
  rooms(env: Env, query?: ListRoomsQuery): Promise<RoomsPage>;
  /** The class to export for other Workers of the account, which then call rooms by a service binding. */
  Entrypoint: typeof DormouseEntrypoint<Env>;
};

/**
 * Brings rooms into a Worker. Call it once for each deployment, at the top level of the module that exports your Room classes.
 * @example
 * const dormouse = createDormouse<Env>({ rooms: (env) => env.CHAT });
 * const app = new Hono<{ Bindings: Env }>();
 * app.route("/realtime", dormouse.app);
 * export default app;
 */
export function createDormouse<Env extends object>(options: DormouseOptions<Env>): Dormouse<Env> {
  register(options as Parameters<typeof register>[0]);
  const services = new WeakMap<Env, Service>();
  const serviceOf = (env: Env): Service => {
    const known = services.get(env) ?? createService(options, env);
    services.set(env, known);
    return known;
  };
  const room = <Message>(env: Env, name: string) => {
    if (typeof name !== "string") throw new DormouseError("invalid_room", "The name of a room is a text.");
    const checked = checkedRoomName(name);
    const stub = stubOf(options, env, checked);
    if (stub === undefined) {
      const why = `rooms(env, room) of createDormouse gave no binding for the room ${checked}. Return the one of its class.`;
      throw new DormouseError("not_found", why);
    }
    return new RoomHandle<Message>(checked, stub);
  };

  class Entrypoint extends DormouseEntrypoint<Env> {
    static override roomOf = room;
  }
  const rooms = (env: Env, query: ListRoomsQuery = {}) => listRoomsOf(serviceOf(env), query);
  return { app: createApp(serviceOf), room, rooms, Entrypoint };
}

function createService<Env extends object>(options: DormouseOptions<Env>, env: Env): Service {
  const { authenticate, authenticateOperator } = options;
  followLogLevel(env);
  const listRooms = attempt(() => roomListOf(env, ownRooms(options as Parameters<typeof ownRooms>[0], env)));
  let isWarned = false;
  const stubFor = (room: string): RoomStub => {
    const stub = stubOf(options, env, room);
    if (stub !== undefined) return stub;
    // Once, because strangers choose the names.
    const why = "rooms(env, room) of createDormouse gave no binding for the room.";
    if (!isWarned) isolateTelemetry.fault("misconfigured", "Finding a room", why, room);
    isWarned = true;
    throw new DormouseError("not_found", `There is no room ${room} here. Check its name.`);
  };
  const settingsFor = (room?: string): Settings => {
    const settings = room === undefined ? settingsOf(env) : settingsIn(options, env, room);
    if (authenticate === undefined || "ALLOWED_ORIGINS" in env) return settings;
    // Browsers send cookies along with requests of other pages, so those must be allowed by name.
    const isNamed =
      room !== undefined &&
      overridesOf(options as Parameters<typeof overridesOf>[0], env, room).allowedOrigins !== undefined;
    return isNamed ? settings : { ...settings, allowedOrigins: new Set() };
  };
  const files = options.files?.(env);
  return {
    settingsFor,
    authSettings: () => authSettingsOf(env),
    describeSettings: (room) => describeService(options as RoomConfiguration, env, files, room),
    roomNamed: (name) => new RoomClient(stubFor(name)),
    authenticate:
      authenticate &&
      ((request, room) =>
        grantByIdentity(
          () => authenticate(withoutBody(request), env, room),
          settingsFor(room).nameChars,
          room,
        )),
    files,
    authenticateOperator:
      authenticateOperator &&
      ((request) =>
        // Nobody sees the name, and one of these calls works while a setting is invalid.
        grantByIdentity(() => authenticateOperator(withoutBody(request), env), INTEGERS.NAME_CHARS.max)),
    get listRooms() {
      return listRooms();
    },
    joins: "JOINS" in env ? (env.JOINS as RateLimit) : undefined,
  };
}

/**
 * Runs something now, and gives its result or its error once it is asked for: an invalid setting fails no call that needs none, such as
 * the health check.
 */
function attempt<Result>(run: () => Result): () => Result {
  try {
    const result = run();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Where a setting is invalid, requests are refused for it, and that is logged at the default level. */
function followLogLevel(env: object): void {
  try {
    isolateTelemetry.level = settingsOf(env).log;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
  }
}

/** The call reads the body, which can be read only once. */
function withoutBody(request: Request): Request {
  if (request.body === null) return request;
  const { url, method, headers, cf = {} } = request;
  return new Request(url, { method, headers, cf });
}

function settingsIn<Env extends object>(options: DormouseOptions<Env>, env: Env, room: string): Settings {
  return roomSettings(options as Parameters<typeof roomSettings>[0], env, room);
}

/** @returns undefined where the deployment has no such room */
function stubOf<Env extends object>(
  options: DormouseOptions<Env>,
  env: Env,
  name: string,
): RoomStub | undefined {
  const { locationHint, jurisdiction } = settingsIn(options, env, name);
  const namespace = askDeployment("rooms", name, () => {
    const binding = options.rooms(env, name) ?? undefined;
    if (binding === undefined || typeof binding.getByName === "function") return binding;
    throw new TypeError("rooms(env, room) must return a Durable Object binding, such as env.CHAT.");
  });
  if (namespace === undefined) return undefined;
  const placed =
    jurisdiction === undefined ? namespace : (namespace.jurisdiction?.(jurisdiction) ?? namespace);
  return placed.getByName(name, locationHint === undefined ? undefined : { locationHint }) as RoomStub;
}
