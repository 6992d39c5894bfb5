import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HookSession } from "../../src/room/hooks/hook-session.ts";
import type { RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import type { RoomClient } from "../room/room-client.ts";
import { waitFor } from "../support/wait-for.ts";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const publish = (id: string, data: unknown) => ({ type: "publish", id, data });
const ids = ({ core }: HookedRoom) => core.owner.history().messages.map(({ id }) => id);

/** The close of a client, after all else that it received. */
async function end(client: RoomClient): Promise<{ closed: number; reason: string }> {
  for (;;) {
    const arrived = await client.next();
    if ("closed" in arrived) return arrived;
  }
}

/** Runs `callback` with a room whose hooks can reach it. */
function withRoom(
  hooks: (room: () => HookedRoom) => RoomHooks,
  callback: (room: HookedRoom) => Promise<void>,
  vars?: object,
): Promise<void> {
  let current: HookedRoom | undefined;
  const room = () => current ?? expect.fail("The room is not made yet.");
  return withHooks(
    hooks(room),
    (made) => {
      current = made;
      return callback(made);
    },
    vars,
  );
}

describe("What a hook makes the room do", () => {
  const throwing: [string, (room: HookedRoom) => RoomHooks, (room: HookedRoom) => Promise<unknown>][] = [
    [
      "onConnect",
      (room) => ({
        onConnect({ member }) {
          if (member !== "eve") return;
          void room.core.owner.publish("knock", { id: "k" });
          throw reject("forbidden", "Not you.");
        },
      }),
      (room) => room.upgrade("eve"),
    ],
    [
      "onSignal",
      (room) => ({
        onSignal() {
          void room.core.owner.publish("signal", { id: "k" });
          throw reject("forbidden", "Not that.");
        },
      }),
      async (room) => (await room.join("bob")).receive({ type: "signal", data: 1 }),
    ],
    [
      "onClose",
      (room) => ({
        onClose() {
          void room.core.owner.publish("left", { id: "k" });
          throw new Error("broken");
        },
      }),
      async (room) => {
        await room.join("bob");
        room.core.owner.kick("bob");
      },
    ],
    [
      "onPublish",
      (room) => ({
        onPublish() {
          void room.core.owner.publish("refused one", { id: "k" });
          throw reject("forbidden", "No.");
        },
      }),
      async (room) => (await room.join("bob")).receive(publish("b", 1)),
    ],
  ];
  for (const [name, hooks, act] of throwing) {
    for (const isNew of [true, false]) {
      test(`[HOOK-25] is stored where ${name} publishes and then throws, in ${isNew ? "a new" : "a used"} room`, async () => {
        await withRoom(
          (room) =>
            hooks({
              get core() {
                return room().core;
              },
            } as HookedRoom),
          async (room) => {
            const ada = await room.join("ada");
            if (!isNew) await room.core.owner.publish("first", { id: "first" });
            await act(room);
            if (!isNew) expect(await ada.message()).toMatchObject({ id: "first" });
            expect(await ada.message()).toMatchObject({ id: "k" });
            const expected = isNew ? ["k"] : ["first", "k"];
            expect([ids(room), ids(room.restart())]).toEqual([expected, expected]);
            await room.core.owner.publish("next", { id: "next" });
            expect(ids(room.restart())).toEqual([...expected, "next"]);
          },
        );
      });
    }
  }

  test("[HOOK-25] is done once where onPublish publishes the id of its own draft", async () => {
    const receipts: unknown[] = [];
    await withRoom(
      (room) => ({
        onPublish(draft) {
          void room()
            .core.owner.publish("copy", { id: draft.id, from: "ada" })
            .then((receipt) => receipts.push(receipt));
          return { ...draft, data: "changed" };
        },
      }),
      async (room) => {
        const ada = await room.join("ada");
        ada.receive(publish("a", "original"));
        expect(await ada.message()).toMatchObject({ id: "a", data: "changed" });
        await waitFor(() => expect(receipts).toMatchObject([{ id: "a", seq: 1, dup: true }]));
        expect(ids(room)).toEqual(["a"]);
      },
    );
  });

  test("[HOOK-25] closes a session after the hook that refused its message, and onClose keeps its writes", async () => {
    await withRoom(
      (room) => ({
        onStart: () => void room().state.storage.sql.exec("CREATE TABLE gone (member TEXT)"),
        onPublish(_draft, author) {
          (author as HookSession).close("spam");
          throw reject("forbidden", "No spam.");
        },
        onClose: ({ member }) => void room().state.storage.sql.exec("INSERT INTO gone VALUES (?)", member),
      }),
      async (room) => {
        await room.core.start();
        const ada = await room.join("ada");
        ada.receive(publish("a", 1));
        expect(await ada.frame("error")).toMatchObject({ code: "forbidden", id: "a" });
        expect(await end(ada)).toMatchObject({ closed: 1008, reason: "spam" });
        expect(room.state.storage.sql.exec("SELECT * FROM gone").toArray()).toEqual([{ member: "ada" }]);
      },
    );
  });

  test("[HOOK-25] leaves the room open to others where a session that owes publishes is closed by a refused onPublish", async () => {
    const onPublish: RoomHooks["onPublish"] = (draft, author) => {
      if (draft.data !== "bad") return;
      (author as HookSession).close();
      throw reject("forbidden", "No.");
    };
    await withHooks(
      { onPublish },
      async (room) => {
        for (const member of ["ada", "bob"]) {
          const client = await room.join(member);
          for (let i = 0; i < 60; i++) client.receive(publish(`${member}${i}`, i === 59 ? "bad" : "ok"));
          expect(await end(client)).toMatchObject({ closed: 1008 });
        }
        expect((await room.upgrade("cid")).status).toBe(101);
      },
      { PUBLISH_RATE: "1", PUBLISH_BURST: "61" },
    );
  });

  test("[HOOK-25] follows the welcome where onConnect sends, closes and kicks", async () => {
    await withRoom(
      (room) => ({
        onConnect(session) {
          session.send({ type: "app.hello" });
          if (session.member === "eve") session.close("not now");
          if (session.member === "bob") room().core.owner.kick("bob");
        },
      }),
      async (room) => {
        const ada = await room.join("ada");
        expect(await ada.next()).toMatchObject({ text: '{"type":"app.hello"}' });
        for (const [member, code] of [
          ["eve", 1008],
          ["bob", 4001],
        ] as const) {
          const client = await room.join(member);
          expect(await end(client)).toMatchObject({ closed: code });
        }
        expect([
          room.core.owner.sessions().map(({ member }) => member),
          room.core.owner.members().count,
        ]).toEqual([["ada"], 0]);
      },
    );
  });

  test("[HOOK-25] sends nothing to a session that onConnect refuses, and the room keeps no socket of it", async () => {
    const onConnect: RoomHooks["onConnect"] = (session) => {
      session.send({ type: "app.hello" });
      session.data = { tried: true };
      throw reject("forbidden", "No.");
    };
    await withHooks({ onConnect }, async (room) => {
      for (let i = 0; i < 20; i++) expect((await room.upgrade(`eve${i}`)).status).toBe(403);
      expect([room.state.getWebSockets(), room.core.owner.sessions()]).toEqual([[], []]);
    });
  });

  test("[HOOK-25] [HOOK-24] sets the alarm for what is scheduled after a schedule was rolled back", async () => {
    await withRoom(
      (room) => ({
        onPublish() {
          room().core.owner.schedule(Date.now() + 10_000, "never");
          throw reject("forbidden", "No.");
        },
      }),
      async (room) => {
        const { owner } = room.core;
        owner.schedule(Date.now() + 3_600_000, "in an hour");
        const ada = await room.join("ada");
        ada.receive(publish("a", 1));
        await ada.frame("error");
        const soon = Date.now() + 20_000;
        owner.schedule(soon, "soon");
        await waitFor(async () => expect(await room.state.storage.getAlarm()).toBeLessThanOrEqual(soon));
      },
    );
  });
});
