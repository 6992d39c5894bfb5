import { env } from "cloudflare:workers";
import type { RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { RoomCore } from "../../src/room/room-core.ts";
import { admissionRequest } from "../../src/rpc/admission.ts";
import { settingsOf } from "../../src/settings/settings.ts";
import { admission, inside } from "../room/inside.ts";
import { freshRoom, RoomClient } from "../room/room-client.ts";

type Admitted = Parameters<typeof admission>[0];

export type HookedRoom = {
  state: DurableObjectState;
  core: RoomCore;
  /** The answer to an upgrade. */
  upgrade(member: string, of?: Admitted): Promise<Response>;
  /** A member's client, which has its welcome. */
  join(
    member: string,
    of?: Admitted,
  ): Promise<RoomClient & { receive(event: object | string | ArrayBuffer): void }>;
  /** The room after it was out of memory, with the same hooks and settings or others. */
  restart(hooks?: RoomHooks, vars?: object): HookedRoom;
};

/** Runs `callback` with a room that has these hooks. */
export function withHooks<Result>(
  hooks: RoomHooks,
  callback: (room: HookedRoom) => Result | Promise<Result>,
  vars: object = {},
): Promise<Result> {
  return inside(freshRoom(), async ({ state }) => await callback(hookedRoom(state, hooks, vars)));
}

function hookedRoom(state: DurableObjectState, hooks: RoomHooks, vars: object): HookedRoom {
  const core = new RoomCore(state, settingsOf({ ...env, ...vars }), hooks);
  const upgrade = async (member: string, of: Admitted = {}) => {
    const { can = ["read", "publish", "signal"], ...rest } = of;
    const grant = { member, name: member, can, guest: true };
    return await core.fetch(admissionRequest(admission({ grant, rateKey: member, ...rest })));
  };
  return {
    state,
    core,
    upgrade,
    async join(member, of) {
      const before = new Set(state.getWebSockets());
      const client = RoomClient.of(await upgrade(member, of));
      const socket = state.getWebSockets().find((each) => !before.has(each));
      if (socket === undefined) throw new Error("The room accepted no socket.");
      if (of?.mode !== "plain") await client.frame("welcome");
      // The runtime hands the frames of these sockets to the object that it made itself.
      const receive = (event: object | string | ArrayBuffer) =>
        core.webSocketMessage(
          socket,
          typeof event === "string" || event instanceof ArrayBuffer ? event : JSON.stringify(event),
        );
      return Object.assign(client, { receive });
    },
    restart: (others = hooks, otherVars = vars) => hookedRoom(state, others, otherVars),
  };
}
