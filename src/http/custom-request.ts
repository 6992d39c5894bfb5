import { customRoomRequest } from "../rpc/custom-request.ts";
import { authorizeRead } from "./authorize.ts";
import type { RouteRequest } from "./route.ts";

/** A request under `/v1/rooms/{room}/custom/`, which the room's `onRequest` answers. It is charged like a read. */
export async function customRequest(call: RouteRequest): Promise<Response> {
  const { room, grant, reader, client } = await authorizeRead(call);
  return client.fetch(customRoomRequest(call.request, { room, grant, ...reader }));
}
