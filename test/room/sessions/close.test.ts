import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { CLOSES, RETRY_LATER_MS, retryAfterClose } from "../../../src/protocol/codes.ts";
import { MALFORMED_FRAMES } from "../../../src/protocol/limits.ts";
import { infoOf, inside, socketOf } from "../inside.ts";
import { freshRoom, type Joined, join, RoomClient } from "../room-client.ts";

describe("a session leaves once", () => {
  const orders: [string, ("close" | "error")[]][] = [
    ["close, then error", ["close", "error"]],
    ["error, then close", ["error", "close"]],
    ["close twice", ["close", "close"]],
    ["error twice", ["error", "error"]],
  ];

  test.each(orders)("[CLOSE-4] %s", async (_what, reports) => {
    const room = freshRoom();
    const key = "ada-ada-ada-ada-ada";
    // Two sockets of one member, so that a session too many taken out would show in the count.
    const [first, second, bob] = [await join(room, "", key), await join(room, "", key), await join(room)];
    await inside(room, ({ room: instance, state }) => {
      const ending = state
        .getWebSockets()
        .find((socket) => socket.deserializeAttachment().id === first.welcome.session);
      if (ending === undefined) throw new Error("The session has no socket.");
      for (const report of reports) {
        if (report === "close") instance.webSocketClose(ending, 1001, "");
        else instance.webSocketError(ending);
      }
    });
    expect((await infoOf(room)).count).toBe(2);
    bob.publish("b", 1);
    for (const client of [second, bob]) expect((await client.message()).seq).toBe(1);
  });

  test("[CLOSE-4] after the server has closed it, the peer's close changes nothing", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    await beMalformed(ada);
    await ada.frame("bye");
    expect((await infoOf(room)).count).toBe(1);
    await ada.closed();
    ada.socket.close(1000);
    bob.publish("b", 1);
    expect((await bob.message()).seq).toBe(1);
    expect((await infoOf(room)).count).toBe(1);
  });
});

describe("bye comes before the close, with the advice of the table", () => {
  const byeOf = (code: keyof typeof CLOSES) => {
    const retry = retryAfterClose(CLOSES[code].code);
    return { type: "bye", code, retry, after: retry === "later" ? RETRY_LATER_MS : 0 };
  };

  test("[CLOSE-5] where a client is told not to come back", async () => {
    const ada = await join(freshRoom());
    await beMalformed(ada);
    expect(await ada.frame("bye")).toEqual(byeOf("malformed"));
    expect(await ada.closed()).toEqual({ closed: 1007, reason: CLOSES.malformed.reason });
  });

  test("[CLOSE-5] where it is told to come back later", async () => {
    const room = freshRoom();
    const ada = await join(room);
    ada.publish("1", 1);
    await ada.message();
    // A fault of the server: what the log is kept in is gone.
    await inside(room, ({ sql }) => void sql.exec("DROP TABLE dormouse_segments"));
    const faults = vi.spyOn(console, "error").mockImplementation(() => {});
    ada.send({ type: "history", id: "h" });
    expect(await ada.frame("bye")).toEqual(byeOf("server_error"));
    expect(faults).toHaveBeenCalledOnce();
    faults.mockRestore();
    expect(await ada.closed()).toEqual({ closed: 1011, reason: CLOSES.server_error.reason });
  });

  test("[CLOSE-5] where it is told to come back now", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    for (const i of [1, 2, 3]) {
      ada.publish(`${i}`, i);
      await ada.message();
      await bob.message();
    }
    // Retention overtakes a session that is still to be sent the first message.
    await inside(room, ({ state, sql }) => {
      sql.exec("DELETE FROM dormouse_segments WHERE last <= 2");
      sql.exec("INSERT INTO dormouse_meta (key, value) VALUES ('floor', 2)");
      const socket = socketOf(state, bob.welcome.member);
      socket.serializeAttachment({ ...socket.deserializeAttachment(), replayFrom: 0 });
    });
    await evictDurableObject(env.ROOMS.getByName(room));
    expect((await infoOf(room)).floor).toBe(2);
    expect(await bob.frame("bye")).toEqual(byeOf("too_slow"));
    expect(await bob.closed()).toEqual({ closed: 4009, reason: CLOSES.too_slow.reason });
    const again = await join(room, `?cursor=${bob.welcome.epoch}.0`);
    expect(again.welcome).toMatchObject({ resumed: false, reason: "trimmed", seq: 3 });
  });

  test("[CLOSE-5] a plain socket gets the close alone", async () => {
    const room = freshRoom();
    const plain = await RoomClient.plain(room);
    plain.send("x".repeat(262_145));
    expect((await plain.closed()).closed).toBe(1009);
  });
});

describe("frames that are not JSON", () => {
  test("[LIM-6] twenty in a row close the socket with 1007", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    await beMalformed(ada, MALFORMED_FRAMES - 1);
    await ada.expectQuiet();
    await beMalformed(ada, MALFORMED_FRAMES);
    await ada.frame("bye");
    expect((await ada.closed()).closed).toBe(1007);
    await bob.expectQuiet();
  });

  const breaks: [string, (ada: Joined) => Promise<void>][] = [
    [
      "an event",
      async (ada) => {
        ada.publish("good", 1);
        await ada.message();
      },
    ],
    [
      "JSON that is no event",
      async (ada) => {
        ada.send("[]");
        expect((await ada.frame("error")).code).toBe("bad_event");
      },
    ],
    [
      "a binary message",
      async (ada) => {
        ada.publishBytes("good", new Uint8Array(1));
        await ada.message();
      },
    ],
  ];

  test.each(breaks)("[LIM-6] the row is broken by %s", async (_what, send) => {
    const ada = await join(freshRoom());
    await beMalformed(ada, MALFORMED_FRAMES - 1);
    await send(ada);
    await beMalformed(ada, MALFORMED_FRAMES - 1);
    await ada.expectQuiet();
  });

  test("[LIM-6] one client's row is not another's", async () => {
    const room = freshRoom();
    const [ada, bob] = [await join(room), await join(room)];
    await beMalformed(ada, MALFORMED_FRAMES - 1);
    await beMalformed(bob, 1);
    await ada.expectQuiet();
    await bob.expectQuiet();
  });
});

async function beMalformed(client: RoomClient, times = MALFORMED_FRAMES): Promise<void> {
  for (let i = 0; i < times; i++) client.send(`{ no JSON ${i}`);
  for (let i = 0; i < times; i++) expect((await client.frame("error")).code).toBe("bad_json");
}
