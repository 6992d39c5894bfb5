import { Room } from "../../src/server/index.ts";

/** The service, which most tests are about. */
export { default, Room } from "../../src/worker.ts";

/** Room classes of a Worker of one's own, each with its binding. */
export class OwnRoom extends Room {}
export class OtherRoom extends Room {}
