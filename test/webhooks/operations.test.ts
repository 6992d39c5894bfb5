import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomEvent } from "../../src/protocol/webhook.ts";
import { historyOf, operated, said } from "../room/operations/operation-room.ts";
import { type HookedRoom, withHooks } from "../server/hooked-room.ts";
import { waitFor } from "../support/wait-for.ts";

type Body = { dropped: number; events: RoomEvent[] };

const bodies: Body[] = [];
let status = 204;
beforeEach(() => {
  bodies.length = 0;
  status = 204;
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
    bodies.push(JSON.parse(String(init?.body)));
    return new Response(null, { status });
  });
});
afterEach(() => void vi.restoreAllMocks());

const withWebhook = (callback: (room: HookedRoom) => Promise<void>, events: string) =>
  withHooks({}, callback, {
    WEBHOOK_URL: "https://receiver.test/",
    WEBHOOK_SECRET: "0123456789abcdef",
    WEBHOOK_EVENTS: events,
  });

const events = () => bodies.flatMap((body) => body.events);

/** Lets the alarm ring after this time. */
function later(room: HookedRoom, ms: number): void {
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + ms);
  room.core.alarm();
  clock.mockRestore();
}

const ALL = "message.published message.updated message.deleted message.reacted";

describe("the webhook of a room with operations", () => {
  test("[OPS-10] delivers edits, appends, deletions and reactions in the order of the log", () =>
    withWebhook(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      await operated(ada, "edit", seq, { data: "two" });
      await operated(ada, "append", seq, { data: "!" });
      await operated(ada, "react", seq, { key: "x" });
      await operated(ada, "unreact", seq, { key: "x" });
      later(room, 2000);
      const by = { from: "ada", name: "ada" };
      await waitFor(() => expect(events()).toHaveLength(5));
      expect(events()).toMatchObject([
        { type: "message.published", message: { seq: 1, data: "one" } },
        { type: "message.updated", operation: { ...by, seq: 2, op: "edit", target: 1, data: "two" } },
        {
          type: "message.updated",
          operation: { ...by, seq: 3, op: "append", target: 1, offset: 3, data: "!" },
        },
        { type: "message.reacted", operation: { ...by, seq: 4, op: "react", target: 1, key: "x" } },
        { type: "message.reacted", operation: { ...by, seq: 5, op: "unreact", target: 1, key: "x" } },
      ]);
      await operated(ada, "delete", seq);
      later(room, 4000);
      await waitFor(() => expect(events()).toHaveLength(6));
      expect(events()[5]).toMatchObject({
        type: "message.deleted",
        operation: { seq: 6, op: "delete", target: 1 },
      });
    }, ALL));

  test("[OPS-3] [OPS-10] delivers nothing of the content of a message that was deleted before", () =>
    withWebhook(async (room) => {
      status = 500;
      const ada = await room.join("ada");
      const seq = await said(ada, "a secret");
      await operated(ada, "append", seq, { data: ", another secret" });
      later(room, 2000);
      await waitFor(() => expect(bodies).toHaveLength(1));
      await operated(ada, "delete", seq);
      status = 204;
      later(room, 60_000);
      await waitFor(() =>
        expect(events().at(-1)).toMatchObject({ type: "message.deleted", operation: { seq: 3 } }),
      );
      expect(JSON.stringify(bodies[0])).toContain("secret");
      expect(JSON.stringify(bodies.slice(1))).not.toContain("secret");
      expect(historyOf(room)).toMatchObject([{ deleted: true }]);
    }, ALL));

  test("[OPS-10] passes over operations that the receiver does not want", () =>
    withWebhook(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      for (let i = 0; i < 5; i++) await operated(ada, "append", seq, { data: "!" });
      later(room, 2000);
      await waitFor(() => expect(events()).toHaveLength(1));
      await operated(ada, "react", seq, { key: "x" });
      later(room, 4000);
      await said(ada, "two");
      later(room, 6000);
      await waitFor(() => expect(events()).toHaveLength(2));
      expect(events()).toMatchObject([{ message: { seq: 1 } }, { message: { seq: 8 } }]);
      expect(bodies.map(({ dropped }) => dropped)).toEqual([0, 0]);
    }, "message.published"));
});
