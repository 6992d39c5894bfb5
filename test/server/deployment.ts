import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createDormouse, type Dormouse, type DormouseOptions } from "../../src/server/index.ts";
import type { RoomNamespace } from "../../src/server/registry.ts";
import { freshRoom, RoomClient } from "../room/room-client.ts";
import type { ComposedRoom, HookedRoom, ListedRoom, OtherRoom, OwnRoom } from "./worker.ts";

/** The environment of a Worker of one's own. */
export type OwnEnv = Env & {
  LISTED: DurableObjectNamespace<ListedRoom>;
  OWN: DurableObjectNamespace<OwnRoom>;
  OTHER: DurableObjectNamespace<OtherRoom>;
  HOOKED: DurableObjectNamespace<HookedRoom>;
  COMPOSED: DurableObjectNamespace<ComposedRoom>;
};
export const ownEnv = env as OwnEnv;

export const ORIGIN = "https://app.test";

/** A deployment of one test, whose rooms are no other test's. */
export type Deployment = {
  dormouse: Dormouse<OwnEnv>;
  env: OwnEnv;
  /** The full name of a room of this deployment. */
  room(rest?: string): string;
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Joins a room, with its welcome taken. */
  join(room: string, init?: RequestInit, query?: string): Promise<RoomClient>;
};

type Options = Omit<DormouseOptions<OwnEnv>, "rooms"> & {
  /** The binding of a room; without it, OWN. */
  binding?: (env: OwnEnv, room: string) => RoomNamespace | undefined;
};

/**
 * @param vars variables and bindings beside those of the test runner
 * @param without names of variables that its environment lacks
 * @param name begins the names of its rooms. Deployments with the same name have rooms of the same names.
 */
export function deployment(
  { binding = (each) => each.OWN, ...options }: Options = {},
  vars: object = {},
  name = freshRoom(),
  without: readonly string[] = [],
): Deployment {
  const prefix = `${name}-`;
  const kept = Object.entries({ ...ownEnv, ...vars }).filter(([key]) => !without.includes(key));
  const all = Object.fromEntries(kept) as unknown as OwnEnv;
  const dormouse = createDormouse<OwnEnv>({
    ...options,
    rooms: (each, room) => (room.startsWith(prefix) ? binding(each, room.slice(prefix.length)) : undefined),
  });
  const call = async (path: string, init?: RequestInit) =>
    await dormouse.app.fetch(new Request(`${ORIGIN}${path}`, init), all, createExecutionContext());
  return {
    dormouse,
    env: all,
    room: (rest = "") => `${prefix}${rest}`,
    call,
    async join(room, { headers, ...init } = {}, query = "") {
      const upgrade = { upgrade: "websocket", "sec-websocket-protocol": "dormouse.v1", ...headers };
      const client = RoomClient.of(await call(`/v1/rooms/${room}${query}`, { ...init, headers: upgrade }));
      await client.frame("welcome");
      return client;
    },
  };
}
