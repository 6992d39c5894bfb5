import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { admissionRequest } from "../../src/access/grant.ts";
import { Room } from "../../src/room/room.ts";
import { admission, inside } from "./inside.ts";
import { freshRoom, type Joined, type RoomClient, welcomed } from "./room-client.ts";

/** A room that lists three members and no more, and a way into it. */
async function withSmallRoom(
  callback: (join: (name: string) => Promise<Joined>) => Promise<void>,
): Promise<void> {
  await inside(freshRoom(), async ({ state }) => {
    const room = new Room(state, { ...env, MEMBERS_LISTED: 3, LEAVE_GRACE_MS: 0 });
    // What the runtime does for a room that it made itself.
    const ends = new WeakMap<RoomClient, WebSocket>();
    await callback(async (name) => {
      const grant = { member: name, name, can: ["read" as const, "presence" as const], guest: true };
      const before = new Set(state.getWebSockets());
      const client = await welcomed(room.fetch(admissionRequest(admission({ grant }))));
      const end = state.getWebSockets().find((socket) => !before.has(socket));
      if (end === undefined) throw new Error("Nobody came in.");
      ends.set(client, end);
      return Object.assign(client, { leave: () => room.webSocketClose(end, 1000, "") });
    });
  });
}

const leave = (client: Joined) => (client as Joined & { leave: () => void }).leave();

test("[PRES-4] above MEMBERS_LISTED there is only a count, and a list for everyone when the room is small again", async () => {
  await withSmallRoom(async (join) => {
    const ada = await join("ada");
    const [bob, cleo] = [await join("bob"), await join("cleo")];
    expect(cleo.welcome.members?.map(({ member }) => member)).toEqual(["ada", "bob", "cleo"]);
    await vi.waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    ada.presence.length = 0;

    const dan = await join("dan");
    expect([dan.welcome.members, dan.welcome.count]).toEqual([null, 4]);
    await vi.waitFor(() =>
      expect(ada.presence).toEqual([{ type: "presence", joined: [], left: [], updated: [], count: 4 }]),
    );
    leave(bob);
    await vi.waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    const { joined, left } = ada.presence.at(-1) ?? {};
    expect([joined?.map(({ member }) => member), left]).toEqual([["ada", "cleo", "dan"], []]);
    expect(dan.presence.at(-1)).toEqual(ada.presence.at(-1));
  });
});

test("[PRES-4] a room at the edge does not send lists all the time", async () => {
  await withSmallRoom(async (join) => {
    const ada = await join("ada");
    const [, , dan] = [await join("bob"), await join("cleo"), await join("dan")];
    await vi.waitFor(() => expect(ada.presence.at(-1)?.count).toBe(4));
    leave(dan);
    await vi.waitFor(() => expect(ada.presence.at(-1)).toMatchObject({ count: 3, joined: [{}, {}, {}] }));
    for (let i = 0; i < 5; i++) {
      const next = await join(`next-${i}`);
      await vi.waitFor(() => expect(ada.presence.at(-1)?.count).toBe(4));
      leave(next);
      await vi.waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    }
    expect(ada.presence.filter(({ joined }) => joined.length === 3)).toHaveLength(1);
    // And in the end it is sent, without anything more happening.
    await vi.waitFor(() => expect(ada.presence.at(-1)?.joined).toHaveLength(3), { timeout: 8000 });
  });
}, 12_000);
