import { describe, expect, test } from "vitest";
import { MessageSearch } from "../../../src/app/search/message-search.ts";
import { waitFor } from "../../support/wait-for.ts";
import { LIVE, LogRoom, storeOf } from "./fake-room.ts";

function roomOf(texts: readonly string[]) {
  const room = new LogRoom();
  for (const text of texts) room.add({ text });
  const { store, connectionState } = storeOf(room);
  const search = new MessageSearch(store);
  const seqs = () => search.results.value.map(({ seq }) => seq);
  const ends = (status: string) => waitFor(() => expect(search.status.value).toBe(status));
  return { room, store, connectionState, search, seqs, ends };
}
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `message ${i + 1}`);

describe("MessageSearch", () => {
  test("[PAGE-30] finds messages through all pages, newest first, without deleted ones", async () => {
    const { room, search, seqs, ends } = roomOf(["The plan", ...numbers(600), "a PLAN", "no plan"]);
    room.add({ op: "delete", target: 603 });
    search.start("plan");
    await ends("done");
    expect(seqs()).toEqual([602, 1]);
    expect(search.progress.value).toEqual({ searched: 603, total: 603 });
    search.start("from:Bob");
    await ends("done");
    expect(seqs()).toEqual([]);
    search.start("  ");
    expect(search.status.value).toBe("idle");
  });

  test("[PAGE-31] pauses after some results, goes on when asked, and keeps a bounded number", async () => {
    const { search, seqs, ends } = roomOf(numbers(1400));
    search.start("message");
    await ends("paused");
    expect(seqs().length).toBe(250);
    expect(search.progress.value).toEqual({ searched: 250, total: 1400 });
    for (const count of [500, 750]) {
      search.continue();
      await ends("paused");
      expect(seqs().length).toBe(count);
    }
    search.continue();
    await ends("full");
    expect(seqs().length).toBe(1000);
    expect(seqs()[0]).toBe(1400);
  });

  test("[PAGE-31] another query ends the one before, and so does a stop", async () => {
    const { room, search, seqs, ends } = roomOf(["needle", ...numbers(2000)]);
    search.start("needle");
    while (room.reads < 2) await Promise.resolve();
    search.start("message 1999");
    await ends("done");
    expect(seqs()).toEqual([2000]);
    const pages = Math.ceil(2001 / 250);
    expect(room.reads).toBe(2 + pages);
    search.start("needle");
    search.stop();
    const { reads } = room;
    await new Promise((resolve) => setTimeout(resolve));
    expect([search.status.value, room.reads]).toEqual(["paused", reads]);
    search.continue();
    await ends("done");
    expect(seqs()).toEqual([1]);
  });

  test("[PAGE-32] the results follow new messages, edits and deletions", async () => {
    const { room, search, seqs, ends } = roomOf(["a plan", "nothing", "the plan"]);
    search.start("plan");
    await ends("done");
    const next = room.add({ text: "another plan" });
    expect(seqs()).toEqual([next, 3, 1]);
    room.add({ op: "delete", target: 3 });
    expect(seqs()).toEqual([next, 1]);
    room.add({ op: "edit", target: 1, text: "withdrawn" });
    await waitFor(() => expect(seqs()).toEqual([next]));
    room.add({ op: "edit", target: 2, text: "now a plan" });
    await waitFor(() => expect(seqs()).toEqual([next, 2]));
    expect(search.results.value[1]?.excerpt).toEqual([
      { text: "now a ", isMatch: false },
      { text: "plan", isMatch: true },
    ]);
    room.add({ op: "react", target: 1, key: "ok" });
    expect(seqs()).toEqual([next, 2]);
  });

  test("[PAGE-32] searches again where it may have missed changes: after a gap, and in another join of the room", async () => {
    const { room, store, connectionState, search, seqs, ends } = roomOf(["a plan"]);
    search.start("plan");
    await ends("done");
    room.log.length = 0;
    room.emit("gap", { reason: "epoch" });
    await waitFor(() => expect(search.results.value).toEqual([]));
    await ends("done");
    const other = new LogRoom();
    other.add({ text: "no" });
    other.add({ text: "plan B" });
    Object.assign(store, { room: other });
    connectionState.value = { ...LIVE };
    await waitFor(() => expect(seqs()).toEqual([2]));
  });

  test("[PAGE-31] says why it ended early", async () => {
    const { room, search, ends } = roomOf(["a plan"]);
    room.refuse.push("forbidden");
    search.start("plan");
    await ends("failed");
    expect(search.error.value?.code).toBe("forbidden");
    search.continue();
    await ends("done");
    expect(search.results.value.length).toBe(1);
  });
});
