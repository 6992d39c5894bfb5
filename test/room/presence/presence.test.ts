import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { waitFor } from "../../support/wait-for.ts";
import { admission, infoOf, inside } from "../inside.ts";
import { presenceOf } from "../parts.ts";
import { freshRoom, type Joined, join, RoomClient } from "../room-client.ts";

const stub = (room: string) => env.ROOMS.getByName(room);
const KEYS = { ada: "ada-ada-ada-ada-ada", bob: "bob-bob-bob-bob-bob" };
const namesOf = ({ welcome }: Joined) => welcome.members?.map(({ name }) => name).toSorted();
/** The changes that an observer has received since the last call, without its welcome. Waits for at least one. */
const changes = (client: RoomClient) => client.presenceChanges(1);

/** A member that has received the broadcast of its own join. */
async function observer(room: string): Promise<Joined> {
  const client = await join(room, "?name=Watcher");
  await client.presenceChanges(1);
  return client;
}

describe("Presence", () => {
  test("[PRES-1] lists everyone in the welcome, and announces the newcomer to the others", async () => {
    const room = freshRoom();
    const ada = await observer(room);
    const bob = await join(room, "?name=Bob");
    expect([namesOf(bob), bob.welcome.count]).toEqual([["Bob", "Watcher"], 2]);
    const entry = { member: bob.welcome.member, name: "Bob", state: null };
    expect(await changes(ada)).toEqual([
      { type: "presence", joined: [entry], left: [], updated: [], count: 2 },
    ]);
  });

  test("[PRES-5] counts two sockets of a member once, and announces the leave when the last one closes", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const first = await join(room, "?name=Bob", KEYS.bob);
    await changes(watcher);
    const second = await join(room, "?name=Bob", KEYS.bob);
    expect(second.welcome.count).toBe(2);
    first.socket.close(1000);
    await first.closed();
    await watcher.expectQuiet();
    expect(watcher.presence).toEqual([]);
    second.socket.close(1000);
    expect(await changes(watcher)).toMatchObject([{ left: [second.welcome.member], count: 1 }]);
  });

  test("[PRES-5] shows the name and the state that any session of the member set last", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const first = await join(room, "?name=Bob", KEYS.bob);
    await changes(watcher);
    first.send({ type: "presence", state: { tab: 1 } });
    expect(await changes(watcher)).toMatchObject([
      { updated: [{ name: "Bob", state: { tab: 1 } }], joined: [] },
    ]);
    const second = await join(room, "?name=Bob", KEYS.bob);
    second.send({ type: "presence", state: { tab: 2 }, name: "Robert" });
    expect(await changes(watcher)).toMatchObject([{ updated: [{ name: "Robert", state: { tab: 2 } }] }]);
    second.socket.close(1000);
    expect(await changes(watcher)).toMatchObject([{ updated: [{ name: "Bob", state: { tab: 1 } }] }]);
  });

  test("[PRES-4] broadcasts nothing when a session sets the state and name that it has", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const bob = await join(room, "?name=Bob");
    await changes(watcher);
    bob.send({ type: "presence", state: { a: 1 } });
    await changes(watcher);
    bob.send({ type: "presence", state: { a: 1 } });
    bob.send({ type: "presence", name: "Bob" });
    bob.send({ type: "presence" });
    await bob.expectQuiet();
    // Longer than any window of so small a room.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watcher.presence).toEqual([]);
  });

  test("[PRES-4] broadcasts the changes of one window as one", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const bob = await join(room, "?name=Bob");
    await changes(watcher);
    for (let i = 0; i < 50; i++) bob.send({ type: "presence", state: i });
    await bob.expectQuiet();
    await waitFor(() => expect(watcher.presence.at(-1)).toMatchObject({ updated: [{ state: 49 }] }));
    expect(watcher.presence.length).toBeLessThan(25);
  });

  test("[PRES-1] [SLEEP-3] keeps members and their states through hibernation", async () => {
    const room = freshRoom();
    const ada = await join(room, "?name=Ada", KEYS.ada);
    ada.send({ type: "presence", state: { mood: "fine" } });
    await ada.expectQuiet();
    await evictDurableObject(stub(room), { webSockets: "hibernate" });
    const bob = await join(room, "?name=Bob");
    expect(bob.welcome.members).toContainEqual({
      member: ada.welcome.member,
      name: "Ada",
      state: { mood: "fine" },
    });
  });

  test("[PRES-1] broadcasts after an eviction what was pending before it", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const bob = await join(room, "?name=Bob", KEYS.bob);
    // This falls into the window that the join began, or was broadcast already.
    bob.send({ type: "presence", state: 1 });
    await bob.expectQuiet();
    await evictDurableObject(stub(room), { webSockets: "hibernate" });
    await infoOf(room);
    await waitFor(() => {
      const told = watcher.presence.flatMap(({ joined, updated }) => [...joined, ...updated]);
      expect(told.at(-1)).toMatchObject({ name: "Bob", state: 1 });
    });
  });

  test("[PRES-2] broadcasts nothing when a member reloads, even if its state returns later", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const before = await join(room, "?name=Bob", KEYS.bob);
    before.send({ type: "presence", state: { mood: "fine" } });
    await waitFor(() => expect(watcher.presence.at(-1)).toMatchObject({ updated: [{ name: "Bob" }] }));
    watcher.presence.length = 0;
    before.socket.close(1001);
    await before.closed();
    const after = await join(room, "?name=Bob", KEYS.bob);
    expect(after.welcome.count).toBe(2);
    after.send({ type: "presence", state: { mood: "fine" } });
    await after.expectQuiet();
    await watcher.expectQuiet();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watcher.presence).toEqual([]);
  });

  test("[PRES-2] announces the leave at the end of the grace period, also to sessions that joined during it", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const bob = await join(room, "?name=Bob", KEYS.bob);
    await changes(watcher);
    bob.socket.close(1001);
    await bob.closed();
    const late = await join(room, "?name=Late");
    expect([namesOf(late), late.welcome.count]).toEqual([["Bob", "Late", "Watcher"], 3]);
    await waitFor(() => {
      for (const client of [watcher, late]) {
        expect(client.presence.flatMap(({ left }) => left)).toEqual([bob.welcome.member]);
      }
    });
    expect((await infoOf(room)).count).toBe(2);
  });

  test("[PRES-2] waits for the second of two dropped tabs after the first has returned and left", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const tabs = [await join(room, "?name=Bob", KEYS.bob), await join(room, "?name=Bob", KEYS.bob)];
    await changes(watcher);
    for (const tab of tabs) {
      tab.socket.close(1001);
      await tab.closed();
    }
    const first = await join(room, "?name=Bob", KEYS.bob);
    first.send({ type: "presence", state: "back" });
    expect(await changes(watcher)).toMatchObject([{ updated: [{ name: "Bob", state: "back" }], left: [] }]);
    first.socket.close(1000);
    await first.closed();
    await join(room, "?name=Bob", KEYS.bob);
    await watcher.expectQuiet();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watcher.presence.flatMap(({ left, joined }) => [...left, ...joined])).toEqual([]);
  });

  test("[PRES-5] keeps the name when a session without a name joins", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    await join(room, "?name=Bob", KEYS.bob);
    await changes(watcher);
    const nameless = await join(room, "", KEYS.bob);
    expect(nameless.welcome.members).toContainEqual(expect.objectContaining({ name: "Bob" }));
    await nameless.expectQuiet();
    await watcher.expectQuiet();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watcher.presence).toEqual([]);
  });

  test("[PRES-1] [PRES-4] broadcasts the count again when a newcomer was sent another one", async () => {
    await inside(freshRoom(), async ({ state }) => {
      const { connections, broadcaster, presence } = presenceOf(state, 1);
      const enter = (member: string) => {
        const grant = { member, name: member, can: ["read", "presence"] as const, guest: true };
        const { 1: server } = new WebSocketPair();
        const session = connections.accept(server, admission({ grant: { ...grant, can: [...grant.can] } }));
        presence.onJoin(session);
        return session;
      };
      const sent: number[] = [];
      vi.spyOn(broadcaster, "sendPresence").mockImplementation(({ count }) => {
        sent.push(count);
        return [];
      });
      for (const member of ["a", "b", "c"]) enter(member);
      presence.onLive();
      await waitFor(() => expect(sent.at(-1)).toBe(3));
      // All of this is one turn, and so one window.
      const brief = enter("brief");
      presence.onLive();
      enter("newcomer");
      expect([presence.snapshotFor(), presence.count]).toEqual([null, 5]);
      presence.onLive();
      connections.remove(brief, "left");
      await waitFor(() => expect(sent.at(-1)).toBe(4));
      // One joins and is sent 5, and another leaves: the count is the one that was broadcast, but not the one in the welcome.
      const before = sent.length;
      enter("late");
      presence.snapshotFor();
      const [first] = connections.sessions();
      if (first !== undefined) connections.remove(first, "left");
      await waitFor(() => expect(sent.length).toBeGreaterThan(before));
      expect(sent.at(-1)).toBe(4);
    });
  });

  test("[PRES-1] lists a plain socket as a guest, and sends it no list", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const plain = await RoomClient.plain(room, "?name=Plain");
    expect(await changes(watcher)).toMatchObject([{ joined: [{ name: "Plain" }], count: 2 }]);
    watcher.publish("m", "the first thing");
    expect(await plain.text()).toBe("the first thing");
    expect(plain.presence).toEqual([]);
    plain.socket.close();
    expect(await changes(watcher)).toMatchObject([{ left: [expect.stringMatching(/^guest_/)], count: 1 }]);
  });

  test("[LIM-7] refuses a state or a name over its limit, and changes nothing", async () => {
    const room = freshRoom();
    const watcher = await observer(room);
    const bob = await join(room, "?name=Bob");
    await changes(watcher);
    const most = "x".repeat(2048 - 2);
    bob.send({ type: "presence", state: most });
    expect(await changes(watcher)).toMatchObject([{ updated: [{ state: most }] }]);
    for (const [event, code] of [
      [{ state: `${most}x`, name: "Other" }, "too_big"],
      [{ state: "é".repeat(1024) }, "too_big"],
      [{ state: 1, name: "" }, "invalid_name"],
      [{ name: "n".repeat(65) }, "invalid_name"],
      [{ name: 1 }, "invalid_event"],
    ] as const) {
      bob.send({ type: "presence", ...event });
      expect((await bob.frame("error")).code).toBe(code);
    }
    const late = await join(room);
    expect(late.welcome.members).toContainEqual({ member: bob.welcome.member, name: "Bob", state: most });
  });
});
