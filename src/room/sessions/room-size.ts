import { DormouseError, RETRY_LATER_MS } from "../../protocol/codes.ts";
import type { Admission } from "../../rpc/admission.ts";
import type { RoomModule } from "../modules.ts";
import type { ConnectionManager } from "./connection-manager.ts";

/** Bounds the number of open connections in the room. */
export class RoomSize implements RoomModule {
  readonly name = "room size";
  readonly #connections: ConnectionManager;
  readonly #max: number;

  constructor(connections: ConnectionManager, max: number) {
    this.#connections = connections;
    this.#max = max;
  }

  checkJoin(_admission: Admission): DormouseError | undefined {
    if (this.#connections.size < this.#max) return undefined;
    const why = `This room has ${this.#max} open sockets, which is as many as it may have.`;
    return new DormouseError("room_full", why, RETRY_LATER_MS);
  }
}
