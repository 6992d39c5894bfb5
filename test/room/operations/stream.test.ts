import { afterEach, describe, expect, test, vi } from "vitest";
import { openStream } from "../../../src/protocol/message-stream.ts";
import { reject } from "../../../src/server/reject.ts";
import { type HookedRoom, withHooks } from "../../server/hooked-room.ts";
import { waitFor } from "../../support/wait-for.ts";
import { historyOf, operated, refused, said, withRoom } from "./operation-room.ts";

afterEach(() => void vi.restoreAllMocks());

/** Opens a stream as the server library does. */
const streamIn = ({ core: { owner } }: HookedRoom, data: unknown) => openStream(owner, data, { from: "ada" });

/** Lets the alarm ring after this time. */
function later(room: HookedRoom, ms: number): void {
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + ms);
  room.core.alarm();
  clock.mockRestore();
}

describe("a stream", () => {
  test("[OPS-13] is one message that is open until its end, with the text so far", () =>
    withRoom(async (room) => {
      const reader = await room.join("reader");
      const stream = streamIn(room, { text: "The" });
      expect(await reader.message()).toMatchObject({
        seq: 1,
        from: "ada",
        data: { text: "The" },
        stream: "open",
      });
      expect(historyOf(room)).toMatchObject([{ data: { text: "The" }, stream: "open" }]);
      stream.append(" answer");
      expect(await reader.message()).toMatchObject({ op: "append", target: 1, offset: 3, data: " answer" });
      for (const each of [room, room.restart()])
        expect(historyOf(each)).toMatchObject([{ data: { text: "The answer" }, stream: "open" }]);
      stream.append(".");
      expect(await stream.end()).toBe(1);
      for (const each of [room, room.restart()]) {
        expect(historyOf(each)).toMatchObject([{ data: { text: "The answer." } }]);
        expect(historyOf(each)[0]).not.toHaveProperty("stream");
      }
      expect(() => stream.append("more")).toThrow(TypeError);
    }));

  test("[OPS-13] joins what is appended while a part is on its way, and ends with the last part", () =>
    withRoom(async (room) => {
      const reader = await room.join("reader");
      const stream = streamIn(room, "");
      for (let i = 0; i < 1000; i++) stream.append(`${i} `);
      await stream.end();
      const text = Array.from({ length: 1000 }, (_, i) => `${i} `).join("");
      expect(historyOf(room)).toMatchObject([{ data: text }]);
      expect(await reader.messages(2)).toMatchObject([
        { stream: "open" },
        { op: "append", data: text, end: "complete" },
      ]);
      expect(room.core.owner.info().seq).toBe(2);
    }));

  test("[OPS-13] that is cancelled is marked as incomplete, without the text that was not sent", () =>
    withRoom(async (room) => {
      const stream = streamIn(room, "The");
      const seq = await stream.seq;
      stream.append(" answer");
      await waitFor(() => expect(historyOf(room)).toMatchObject([{ data: "The answer" }]));
      expect(await stream.cancel()).toBe(seq);
      for (const each of [room, room.restart()])
        expect(historyOf(each)).toMatchObject([{ data: "The answer", stream: "incomplete" }]);
    }));

  test("[OPS-13] whose publisher is gone for 30 seconds ends as incomplete, also after a restart", () =>
    withRoom(async (room) => {
      const reader = await room.join("reader");
      const [kept, lost] = [streamIn(room, "kept"), streamIn(room, "lost")];
      await Promise.all([kept.seq, lost.seq]);
      await reader.messages(2);
      later(room, 29_000);
      expect(room.core.owner.info().seq).toBe(2);
      const now = Date.now();
      vi.spyOn(Date, "now").mockReturnValue(now + 20_000);
      kept.append("!");
      await reader.message();
      vi.restoreAllMocks();
      const after = room.restart();
      later(after, 31_000);
      expect(await reader.message()).toMatchObject({
        op: "append",
        target: 2,
        from: "ada",
        data: "",
        end: "incomplete",
      });
      expect(historyOf(after)).toMatchObject([
        { data: "kept!", stream: "open" },
        { data: "lost", stream: "incomplete" },
      ]);
      later(after, 60_000);
      expect(await reader.message()).toMatchObject({ target: 1, end: "incomplete" });
      later(after, 120_000);
      expect(after.core.owner.info().seq).toBe(5);
      // Its publisher may return and end it.
      await after.core.owner.append(2, " and found", { from: "ada", end: "complete" });
      expect(historyOf(after)[1]).toMatchObject({ data: "lost and found" });
      expect(historyOf(after)[1]).not.toHaveProperty("stream");
    }));

  test("[OPS-13] ends with the deletion of its message, and goes on over an edit", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      ada.receive({ type: "publish", id: "a", data: "one", stream: true });
      ada.receive({ type: "publish", id: "b", data: "two", stream: true });
      await ada.messages(2);
      await operated(ada, "edit", 1, { data: "1" });
      await operated(ada, "delete", 2);
      expect(historyOf(room)).toMatchObject([{ data: "1", stream: "open" }, { deleted: true }]);
      expect(historyOf(room)[1]).not.toHaveProperty("stream");
      later(room, 31_000);
      expect(await ada.message()).toMatchObject({ target: 1, end: "incomplete" });
      expect(room.core.owner.info().seq).toBe(5);
    }));

  test("[OPS-13] keeps a text: an edit without one is refused", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      ada.receive({ type: "publish", id: "a", data: "one", stream: true });
      await ada.message();
      for (const data of [7, null, { n: 1 }])
        expect(await refused(ada, "edit", 1, { data })).toMatchObject({ code: "invalid_event" });
      await operated(ada, "edit", 1, { data: { text: "two" } });
      later(room, 31_000);
      expect(await ada.message()).toMatchObject({ target: 1, end: "incomplete" });
      await operated(ada, "edit", 1, { data: 7 });
    }));

  test("[OPS-13] ends 30 seconds after the last append, whatever reactions it gets", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      for (const id of ["a", "b"]) ada.receive({ type: "publish", id, data: id, stream: true });
      await ada.messages(2);
      const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 20_000);
      await operated(ada, "react", 1, { key: "x" });
      clock.mockRestore();
      later(room, 31_000);
      expect(await ada.messages(2)).toMatchObject([
        { target: 1, end: "incomplete" },
        { target: 2, end: "incomplete" },
      ]);
    }));

  test("[OPS-13] at the limit of MESSAGE_BYTES ends, also where that was lowered", () =>
    withRoom(
      async (room) => {
        await room.core.owner.publish("x".repeat(1500), { from: "ada", stream: true });
        const lowered = room.restart({}, { MESSAGE_BYTES: "1024" });
        later(lowered, 31_000);
        await waitFor(() => expect(historyOf(lowered)).toMatchObject([{ stream: "incomplete" }]));
      },
      { MESSAGE_BYTES: "2048" },
    ));

  test("[OPS-13] needs a text, and an end belongs to an append", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const refused = async (event: object) => {
        ada.receive({ type: "publish", id: "x", ...event });
        return (await ada.frame("error")).code;
      };
      for (const data of [7, null, { n: 1 }, [""]])
        expect(await refused({ data, stream: true })).toBe("invalid_event");
      expect(await refused({ data: "", stream: false })).toBe("invalid_event");
      expect(await refused({ data: "", end: "complete" })).toBe("invalid_event");
      const seq = await said(ada, "text");
      expect(await refused({ op: "edit", target: seq, data: "", end: "complete" })).toBe("invalid_event");
      expect(await refused({ op: "append", target: seq, data: "", end: "soon" })).toBe("invalid_event");
      await expect(room.core.owner.publish(7, { stream: true })).rejects.toMatchObject({
        code: "invalid_event",
      });
      expect(room.core.owner.info().seq).toBe(1);
    }));

  test("[OPS-13] [OPS-14] ends where the room is erased, and appends to no message of the new log", () =>
    withRoom(async (room) => {
      const stream = streamIn(room, "old");
      await stream.seq;
      room.core.owner.erase();
      await room.core.owner.publish("new", { from: "ada" });
      stream.append(" text");
      await expect(stream.end()).rejects.toMatchObject({ code: "invalid_target" });
      expect(historyOf(room)).toMatchObject([{ seq: 1, data: "new" }]);
    }));

  test("[OPS-13] of a batch that is refused is not open", () =>
    withHooks(
      {
        onPublish({ data }) {
          if (data === "bad") throw reject("forbidden", "No.");
        },
      },
      async (room) => {
        const author = { can: ["publish"] };
        const post = (...messages: { id: string; json: string; isStream?: boolean }[]) =>
          room.core.calls.publish({ member: "ada", name: "Ada", author, messages });
        const refusal = await post({ id: "a", json: '""', isStream: true }, { id: "b", json: '"bad"' });
        expect(refusal).toMatchObject({ refusal: { code: "forbidden" } });
        expect(await post({ id: "c", json: '"not a stream"' })).toMatchObject({
          value: { messages: [{ seq: 1 }] },
        });
        later(room, 31_000);
        expect(historyOf(room)).toMatchObject([{ data: "not a stream" }]);
        expect(historyOf(room)[0]).not.toHaveProperty("stream");
        expect(room.core.owner.info().seq).toBe(1);
      },
    ));

  test("[OPS-13] a room has at most 1,000 that have not ended", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      const open = () => owner.publish("", { from: "ada", stream: true });
      await Promise.all(Array.from({ length: 1000 }, open));
      await expect(open()).rejects.toMatchObject({ code: "rate_limited" });
      await owner.append(1, "", { from: "ada", end: "complete" });
      await open();
    }));

  test("[OPS-13] stops at a refusal, and says why", () =>
    withRoom(
      async (room) => {
        const stream = streamIn(room, "");
        stream.append("x".repeat(1025));
        await expect(stream.end()).rejects.toMatchObject({ code: "too_big" });
        expect(() => stream.append("more")).toThrow(expect.objectContaining({ code: "too_big" }));
        const none = streamIn(room, 7);
        await expect(none.end()).rejects.toMatchObject({ code: "invalid_event" });
        await expect(none.seq).rejects.toMatchObject({ code: "invalid_event" });
        const long = streamIn(room, "");
        expect(() => long.append("x".repeat(1024 * 1024 + 1))).toThrow(RangeError);
      },
      { MESSAGE_BYTES: "1024" },
    ));
});
