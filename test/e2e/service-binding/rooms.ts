import { createDormouse, type Draft, Room, reject } from "../../../src/server/index.ts";

type Env = { ROOMS: DurableObjectNamespace<Rooms> };

export class Rooms extends Room<Env> {
  override onPublish(draft: Draft) {
    if (draft.data === "refuse") throw reject("forbidden", "Not that.");
  }
}

const dormouse = createDormouse<Env>({
  rooms: (env) => env.ROOMS,
  // Nobody gets in over HTTP.
  authenticate: () => null,
  settings: () => ({ messageBytes: 1000 }),
});

export class Realtime extends dormouse.Entrypoint {}
export default dormouse.app;
