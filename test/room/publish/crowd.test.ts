import { expect, test } from "vitest";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import { waitFor } from "../../support/wait-for.ts";
import { admission, inside, roomWith } from "../inside.ts";
import { freshRoom, type Joined, welcomed } from "../room-client.ts";

/** Somebody in a room, and how the room is told that its socket closed: for a room that the runtime did not make, nobody else does. */
type Present = Joined & { close: (code: number) => void };

async function enter(
  room: ReturnType<typeof roomWith>,
  state: DurableObjectState,
  name: string,
): Promise<Present> {
  const grant = { member: name, name, can: ["read" as const, "presence" as const], guest: true };
  const before = new Set(state.getWebSockets());
  const client = await welcomed(room.join(admissionRequest(admission({ grant }))));
  const end = state.getWebSockets().find((socket) => !before.has(socket));
  if (end === undefined) throw new Error("Nobody came in.");
  return Object.assign(client, { close: (code: number) => room.webSocketClose(end, code, "") });
}

/** A room that lists three members and no more, and a way into it. */
async function withSmallRoom(
  callback: (join: (name: string) => Promise<Present>) => Promise<void>,
): Promise<void> {
  await inside(freshRoom(), async ({ state }) => {
    const room = roomWith(state, { MEMBERS_LISTED: 3, LEAVE_GRACE_MS: 0 });
    await callback((name) => enter(room, state, name));
  });
}

const leave = (client: Present) => client.close(1000);

test("[PRES-1] who left while others were not told of it is no ghost after the object was out of memory", async () => {
  await inside(freshRoom(), async ({ state }) => {
    const before = roomWith(state, { LEAVE_GRACE_MS: 60_000 });
    const [ada, bob, cleo] = [
      await enter(before, state, "ada"),
      await enter(before, state, "bob"),
      await enter(before, state, "cleo"),
    ];
    await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    for (const client of [bob, cleo]) client.close(1001);
    expect(before.info().count).toBe(3);

    const after = roomWith(state, { LEAVE_GRACE_MS: 300 });
    expect(after.info().count).toBe(3);
    const back = await enter(after, state, "cleo");
    expect(back.welcome.members).toContainEqual({ member: "cleo", name: "cleo", state: null });
    await waitFor(() => expect(ada.presence.flatMap(({ left }) => left)).toEqual(["bob"]));
    // Nothing of it is left for the next time.
    expect(roomWith(state).info().count).toBe(2);
  });
});

test("[PRES-4] above MEMBERS_LISTED there is only a count, and a list for everyone when the room is small again", async () => {
  await withSmallRoom(async (join) => {
    const ada = await join("ada");
    const [bob, cleo] = [await join("bob"), await join("cleo")];
    expect(cleo.welcome.members?.map(({ member }) => member)).toEqual(["ada", "bob", "cleo"]);
    await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    ada.presence.length = 0;

    const dan = await join("dan");
    expect([dan.welcome.members, dan.welcome.count]).toEqual([null, 4]);
    await waitFor(() =>
      expect(ada.presence).toEqual([{ type: "presence", joined: [], left: [], updated: [], count: 4 }]),
    );
    leave(bob);
    await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    const { joined, left } = ada.presence.at(-1) ?? {};
    expect([joined?.map(({ member }) => member), left]).toEqual([["ada", "cleo", "dan"], []]);
    expect(dan.presence.at(-1)).toEqual(ada.presence.at(-1));
  });
});

test("[PRES-4] who came when there were too many for a list gets one, also where others never heard of so many", async () => {
  await withSmallRoom(async (join) => {
    const [ada, bob] = [await join("ada"), await join("bob")];
    await join("cleo");
    await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    const dan = await join("dan");
    leave(bob);
    expect(dan.welcome.members).toBeNull();
    await waitFor(() => expect(dan.presence.at(-1)?.joined).toHaveLength(3));
    expect(dan.presence.at(-1)?.joined.map(({ member }) => member)).toEqual(["ada", "cleo", "dan"]);
  });
});

test("[PRES-4] a room at the edge does not send lists all the time", async () => {
  await withSmallRoom(async (join) => {
    const ada = await join("ada");
    const [, , dan] = [await join("bob"), await join("cleo"), await join("dan")];
    await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(4));
    leave(dan);
    await waitFor(() => expect(ada.presence.at(-1)).toMatchObject({ count: 3, joined: [{}, {}, {}] }));
    for (let i = 0; i < 5; i++) {
      const next = await join(`next-${i}`);
      await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(4));
      leave(next);
      await waitFor(() => expect(ada.presence.at(-1)?.count).toBe(3));
    }
    expect(ada.presence.filter(({ joined }) => joined.length === 3)).toHaveLength(1);
    // And in the end it is sent, without anything more happening.
    await waitFor(() => expect(ada.presence.at(-1)?.joined).toHaveLength(3));
  });
});
