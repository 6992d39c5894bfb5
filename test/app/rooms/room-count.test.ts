import { describe, expect, test } from "vitest";
import {
  addMessage,
  allReadAt,
  atCursor,
  formatCount,
  NOTHING_KNOWN,
  parseCount,
  type RoomCount,
  shortCount,
  shownCount,
  startCount,
} from "../../../src/app/rooms/room-count.ts";

const count: RoomCount = { epoch: "e", read: 5, seq: 9, unread: 3, mentions: 1 };
const read = (seq: number, epoch = "e") => ({ epoch, seq });
const says = (seq: number, rest: object = {}) => ({ seq, from: "bob", data: { text: "hi" }, ...rest });

describe("addMessage", () => {
  test("[PAGE-25] counts messages of others, and those that mention the user", () => {
    const mention = says(11, { data: { text: "@me", mentions: ["me"] } });
    const after = [says(10), mention].reduce((sum, one) => addMessage(sum, one, "me"), count);
    expect(after).toEqual({ ...count, seq: 11, unread: 5, mentions: 2 });
  });

  test("[PAGE-25] does not count own messages, operations, deleted messages and repeated ones", () => {
    const quiet = [
      says(9),
      says(10, { from: "me", data: { mentions: ["me"] } }),
      says(11, { op: "react", target: 3 }),
      says(12, { deleted: true, data: undefined }),
    ];
    const after = quiet.reduce((sum, one) => addMessage(sum, one, "me"), count);
    expect(after).toEqual({ ...count, seq: 12 });
  });
});

describe("startCount", () => {
  test("[PAGE-25] continues a count that belongs to the read position, and forgets the refusal", () => {
    expect(startCount({ ...count, refused: "room_full" }, read(5))).toEqual(count);
  });

  test.each([
    ["was read further", count, read(7), 7],
    ["was erased and read again", count, read(2, "f"), 2],
    ["comes from the open room, which counts by itself", { ...count, seq: 5 }, read(5), 5],
    ["is unknown", undefined, read(4), 4],
  ])("[PAGE-25] counts from the read position if the count %s", (_, stored, position, seq) => {
    expect(startCount(stored, position)).toMatchObject({ read: seq, seq, unread: 0, mentions: 0 });
  });

  test("[PAGE-25] counts nothing in a room that this browser never read", () => {
    expect(startCount(count, undefined)).toBeUndefined();
  });
});

describe("shownCount", () => {
  test("[PAGE-27] shows nothing unread once another tab has read the room", () => {
    expect(shownCount(count, read(5))).toEqual(count);
    expect(shownCount(count, read(9))).toEqual(allReadAt(read(9)));
  });

  test("[PAGE-29] keeps a refusal", () => {
    expect(shownCount({ ...NOTHING_KNOWN, refused: "banned" }, read(9))?.refused).toBe("banned");
  });
});

describe("atCursor", () => {
  test("[PAGE-29] adds the number of messages that the service does not send again", () => {
    expect(atCursor(count, read(10_009))).toEqual({ ...count, seq: 10_009, unread: 10_003 });
  });

  test.each([
    ["an erased log", read(3, "f")],
    ["a log that was restored from a backup", read(3)],
  ])("[PAGE-29] starts with nothing unread in %s", (_, cursor) => {
    expect(atCursor(count, cursor)).toEqual(allReadAt(cursor));
  });
});

describe("parseCount", () => {
  test.each([count, { ...count, refused: "room_full" }, { ...NOTHING_KNOWN, refused: "banned" }])(
    "[PAGE-25] reads back %j",
    (stored) => {
      expect(parseCount(formatCount(stored))).toEqual(stored);
    },
  );

  test.each([undefined, "", "e.1", "e.1 1 x 0", "e.1 1 -1 0", "e.1 1 1.5 0", "null", "{}"])(
    "[PAGE-29] ignores %j",
    (text) => {
      expect(parseCount(text)).toBeUndefined();
    },
  );
});

describe("shortCount", () => {
  test("[PAGE-25] stays short", () => {
    expect([1, 99, 100, 10_000].map(shortCount)).toEqual(["1", "99", "99+", "99+"]);
  });
});
