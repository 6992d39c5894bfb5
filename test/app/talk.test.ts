import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test } from "vitest";
import { chunksOf, continues, startsDay } from "../../src/app/talk/chunks.ts";
import { keepDraft, loadDraft } from "../../src/app/talk/draft.ts";
import type { Message } from "../../src/app/talk/message.ts";
import { Reading } from "../../src/app/talk/reading.ts";
import { forgetUnsent, keepUnsent, loadUnsent, progressOf } from "../../src/app/talk/unsent.ts";

/** The part of a browser's storage that the page uses. */
class Storage {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? String(this[key]) : null;
  }
  setItem(key: string, value: string): void {
    if (value.length > 1000) throw new Error("full");
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

beforeEach(() => {
  Object.assign(globalThis, { localStorage: new Storage(), sessionStorage: new Storage() });
});

const T0 = new Date(2026, 10, 22, 12).getTime();
function message(seq: number, from = "a", at = T0 + seq): Message {
  return { id: `m${seq}`, seq, at, from, name: from, body: { kind: "text", text: `${seq}` } };
}
const run = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => message(first + i));

describe("what is not sent", () => {
  test("[PAGE-3] is kept with its id, by room, in its order, until it is forgotten", () => {
    keepUnsent("a", { id: "2", at: 20, said: "second" });
    keepUnsent("a", { id: "1", at: 10, said: "first" });
    keepUnsent("a b", { id: "3", at: 5, said: "another room's" });
    keepUnsent("a", { id: "4", at: 30, said: new Uint8Array([0, 255]), why: "too big" });
    expect(loadUnsent("a")).toEqual([
      { id: "1", at: 10, said: "first" },
      { id: "2", at: 20, said: "second" },
      { id: "4", at: 30, said: new Uint8Array([0, 255]), why: "too big" },
    ]);
    forgetUnsent("a", "1");
    expect(loadUnsent("a").map(({ id }) => id)).toEqual(["2", "4"]);
  });

  test("[PAGE-3] is told apart where the browser has no space for it", () => {
    expect(keepUnsent("a", { id: "1", at: 1, said: "x" })).toBe(true);
    expect(keepUnsent("a", { id: "2", at: 2, said: "x".repeat(2000) })).toBe(false);
  });

  test("[PAGE-3] is no trouble where something else lies in its place", () => {
    for (const [i, junk] of [
      "",
      "{",
      "null",
      "[]",
      '{"at":1}',
      '{"at":"1","text":"a"}',
      '{"at":1,"file":"%"}',
    ].entries())
      localStorage.setItem(`dormouse.unsent a ${i}`, junk);
    expect(loadUnsent("a")).toEqual([]);
  });

  test("[PAGE-3] drafts are kept by room, and an empty one is none", () => {
    keepDraft("a", "half a");
    expect([loadDraft("a"), loadDraft("b")]).toEqual(["half a", ""]);
    keepDraft("a", "");
    expect(Object.keys(localStorage)).toEqual([]);
    expect(loadDraft("a")).toBe("");
  });

  test("[PAGE-3] a tab that empties its draft takes no other tab's away", () => {
    keepDraft("a", "mine");
    localStorage.setItem("dormouse.draft a", '"theirs"');
    expect(loadDraft("a")).toBe("mine");
    keepDraft("a", "");
    expect(loadDraft("a")).toBe("");
    Object.assign(globalThis, { sessionStorage: new Storage() });
    expect(loadDraft("a")).toBe("theirs");
    keepDraft("a", "");
    expect(Object.keys(localStorage)).toEqual([]);
  });

  test("[PAGE-3] progress is what has left the browser, the last one last", () => {
    const file = (id: string, length: number) => ({ id, at: 0, said: new Uint8Array(length) });
    const parts = (buffered: number) => [...progressOf([file("a", 100), file("b", 300)], buffered)];
    expect(parts(400)).toEqual([
      ["b", 0],
      ["a", 0],
    ]);
    expect(parts(330)).toEqual([
      ["b", 0],
      ["a", 0.7],
    ]);
    expect(parts(150)).toEqual([
      ["b", 0.5],
      ["a", 1],
    ]);
    expect(parts(0)).toEqual([
      ["b", 1],
      ["a", 1],
    ]);
  });
});

describe("runs of messages", () => {
  test("[PAGE-2] hold all, in order; those that did not change are the same objects", () => {
    const before = chunksOf(run(75, 130), []);
    expect(before.flatMap(({ messages }) => messages.map(({ seq }) => seq))).toEqual(
      run(75, 130).map(({ seq }) => seq),
    );
    expect(before.map(({ key }) => key)).toEqual([1, 2, 3]);
    const all = before.flatMap(({ messages }) => messages);
    const longer = chunksOf([...all, message(131)], before);
    expect(longer.map((chunk, i) => chunk === before[i])).toEqual([true, true, false]);
    const older = chunksOf([...run(60, 74), ...all], before);
    expect(older.map((chunk) => before.includes(chunk))).toEqual([false, true, true]);
    expect(older[1]?.before).toBe(all[4]);
  });

  test("[PAGE-2] are grouped by author, time and day", () => {
    const noon = message(1);
    expect(continues(message(2), noon)).toBe(true);
    expect(continues(message(2, "b"), noon)).toBe(false);
    expect(continues({ ...message(2), name: "new" }, noon)).toBe(false);
    expect(continues({ ...message(2), gap: true }, noon)).toBe(false);
    expect(continues(message(2, "a", noon.at + 5 * 60_000), noon)).toBe(false);
    const midnight = new Date(2026, 10, 23).getTime();
    expect(continues(message(2, "a", midnight), message(1, "a", midnight - 1))).toBe(false);
    expect(startsDay(message(2, "a", midnight), message(1, "a", midnight - 1))).toBe(true);
    expect(startsDay(message(1), undefined)).toBe(true);
  });
});

describe("how far one has read", () => {
  const NONE = new Set<string>();
  function reader(room = "a") {
    const messages = signal<readonly Message[]>([]);
    const hasOlder = signal(false);
    const reading = new Reading(room, messages, signal("me"), hasOlder);
    const arrive = (fresh: Message[], attentive = false) => {
      const last = messages.value.at(-1)?.seq ?? 0;
      messages.value = [...messages.value, ...fresh];
      reading.arrived(last, fresh, attentive, "me");
    };
    return { reading, arrive, hasOlder };
  }

  test("[PAGE-2] a room that was never read has nothing new", () => {
    const { reading, arrive } = reader();
    reading.welcome("e", 3, NONE);
    arrive(run(1, 3));
    expect([reading.unread.value, reading.mark.value]).toEqual([0, undefined]);
  });

  test("[PAGE-2] what comes while nobody looks is new, from the first of it on, and one's own is not", () => {
    const { reading, arrive } = reader();
    reading.welcome("e", 3, NONE);
    arrive(run(1, 3));
    arrive([message(4)]);
    arrive([message(5, "me2"), message(6)]);
    expect([reading.unread.value, reading.mark.value]).toEqual([3, 3]);
    reading.read(6);
    expect([reading.unread.value, reading.mark.value]).toEqual([0, 3]);
    arrive([message(7)]);
    expect([reading.unread.value, reading.mark.value]).toEqual([1, 6]);
    arrive([message(8, "me")]);
    expect([reading.unread.value, reading.mark.value]).toEqual([0, undefined]);
  });

  test("[PAGE-2] one's own that was queued before the rest came says nothing of what was read", () => {
    const { reading, arrive } = reader();
    reading.welcome("e", 3, NONE);
    arrive(run(1, 3));
    reading.welcome("e", 5, new Set(["m6"]));
    arrive(run(4, 5));
    arrive([message(6, "me")]);
    expect([reading.unread.value, reading.mark.value]).toEqual([2, 3]);
    arrive([message(7, "me")]);
    expect([reading.unread.value, reading.mark.value]).toEqual([0, undefined]);
    // Where nothing came between, there is nothing new either.
    reading.welcome("e", 7, new Set(["m8"]));
    arrive([message(8, "me")]);
    expect([reading.seen.value, reading.mark.value]).toEqual([8, undefined]);
  });

  test("[PAGE-2] what is still to be loaded counts as new, too, but not what is gone for good", () => {
    const { reading, arrive, hasOlder } = reader();
    localStorage.setItem("dormouse.read a", "e.10");
    reading.welcome("e", 300, NONE);
    hasOlder.value = true;
    arrive([...run(241, 299), message(300, "me2")]);
    expect([reading.unread.value, reading.mark.value]).toEqual([290, 10]);
    hasOlder.value = false;
    expect(reading.unread.value).toBe(60);
    reading.read(250);
    hasOlder.value = true;
    expect(reading.unread.value).toBe(50);
  });

  test("[PAGE-2] what came while the page was shut is new", () => {
    const before = reader();
    before.reading.welcome("e", 3, NONE);
    const after = reader();
    after.reading.welcome("e", 5, NONE);
    after.arrive(run(1, 5));
    expect([after.reading.unread.value, after.reading.mark.value]).toEqual([2, 3]);
    const bit = reader();
    bit.reading.welcome("e", 5, NONE);
    // One's own of last time says nothing of what came after it; one that was said elsewhere since then does.
    bit.arrive([message(2), message(3, "me")]);
    expect(bit.reading.mark.value).toBe(3);
    bit.arrive([message(4, "me"), message(5)]);
    expect([bit.reading.unread.value, bit.reading.mark.value]).toEqual([1, 4]);
    localStorage.setItem("dormouse.read a", "e.3");
    before.reading.read(4);
    after.reading.read(5);
    before.reading.welcome("e", 5, NONE);
    const later = reader();
    later.reading.welcome("e", 6, NONE);
    expect(later.reading.seen.value).toBe(5);
    const erased = reader();
    erased.reading.welcome("another", 9, NONE);
    expect([erased.reading.seen.value, erased.reading.mark.value]).toEqual([9, undefined]);
  });
});
