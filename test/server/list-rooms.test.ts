import { describe, expect, test } from "vitest";
import { listRooms } from "../../src/server/index.ts";
import { sign } from "../auth/tokens.ts";
import { report } from "../directory/shard.ts";
import { call } from "../http/call.ts";
import { freshRoom } from "../room/room-client.ts";

describe("listRooms", () => {
  test("[API-54] lists the rooms of a service over HTTP", async () => {
    const prefix = freshRoom();
    for (const name of ["a", "b"]) await report(`${prefix} ${name}`);
    const options = {
      token: () => sign({ can: ["admin"] }),
      fetch: (request: Request) => {
        const { pathname, search } = new URL(request.url);
        return call(pathname + search, { headers: Object.fromEntries(request.headers) });
      },
    };
    const page = await listRooms("https://dormouse.test", { ...options, prefix, limit: 1 });
    expect(page).toMatchObject({ rooms: [{ room: `${prefix} a`, members: 1 }], more: true });
    const next = await listRooms("https://dormouse.test", { ...options, prefix, after: `${prefix} a` });
    expect(next).toMatchObject({ rooms: [{ room: `${prefix} b` }], more: false });
    const guest = listRooms("https://dormouse.test", { ...options, token: undefined });
    await expect(guest).rejects.toMatchObject({ code: "forbidden" });
  });
});
