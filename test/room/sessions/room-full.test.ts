import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Room } from "../../../src/room/room.ts";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import { admission, inside } from "../inside.ts";
import { freshRoom } from "../room-client.ts";

const SETTINGS = { ...env, ROOM_SOCKETS: 3 };

test("[LIM-5] a room takes ROOM_SOCKETS sockets, and the next is refused with 503 and may try later", async () => {
  await inside(freshRoom(), async ({ state }) => {
    const room = new Room(state, SETTINGS);
    for (let i = 0; i < 3; i++) expect(enter(room).status).toBe(101);
    const refused = enter(room);
    expect(refused.status).toBe(503);
    expect(refused.webSocket).toBeNull();
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: "room_full", detail: expect.stringContaining("3") });
    expect(state.getWebSockets().length).toBe(3);
  });
});

test("[LIM-5] who leaves makes room for one more", async () => {
  await inside(freshRoom(), ({ state }) => {
    const room = new Room(state, SETTINGS);
    for (let i = 0; i < 3; i++) enter(room);
    const [first] = state.getWebSockets();
    if (first === undefined) throw new Error("There is no socket.");
    room.webSocketClose(first, 1000, "");
    room.webSocketError(first);
    expect(enter(room).status).toBe(101);
    expect(enter(room).status).toBe(503);
  });
});

test("[LIM-5] the sockets that were open before the room slept count", async () => {
  await inside(freshRoom(), ({ state }) => {
    const before = new Room(state, SETTINGS);
    for (let i = 0; i < 3; i++) enter(before);
    expect(enter(new Room(state, SETTINGS)).status).toBe(503);
  });
});

test("[LIM-5] sockets count, not members", async () => {
  await inside(freshRoom(), ({ state }) => {
    const room = new Room(state, SETTINGS);
    for (let i = 0; i < 3; i++) enter(room);
    expect(room.info().count).toBe(1);
    expect(enter(room).status).toBe(503);
  });
});

function enter(room: Room): Response {
  const response = room.fetch(admissionRequest(admission({ can: ["presence"] })));
  response.webSocket?.accept();
  return response;
}
