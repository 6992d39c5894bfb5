import { describe, expect, test } from "vitest";
import { adoptTables } from "../../../src/room/log/adopt-tables.ts";
import { RoomLog } from "../../../src/room/log/log.ts";
import { binarySegment, segmentAfter } from "../../../src/room/log/segment.ts";
import { entries, message, pageBefore, RETENTION, segment, withLog } from "./in-object.ts";

const BINARY = binarySegment(
  { seq: 4, at: 1000, id: "4", from: "guest_a", name: "Ada" },
  new Uint8Array([1]),
);
const OLD = [segment(1, ["a", "b"]), segment(3, ["c"]), BINARY];

/** Creates the tables of version 1. */
function makeOld(storage: DurableObjectStorage): void {
  const { sql } = storage;
  sql.exec(
    "CREATE TABLE segments (first INTEGER PRIMARY KEY, last INTEGER, at INTEGER, kind INTEGER, ids TEXT, body)",
  );
  sql.exec("CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  sql.exec("INSERT INTO meta VALUES ('epoch', '0123456789abcdef'), ('version', 1)");
  for (const { segment: each, ids } of entries(...OLD)) {
    const kind = typeof each.body === "string" ? 0 : 1;
    const { first, last, at, body } = each;
    sql.exec(
      "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)",
      first,
      last,
      at,
      kind,
      JSON.stringify(ids),
      body,
    );
  }
  adoptTables(storage);
}

const sizeOf = (body: string | ArrayBuffer) => (typeof body === "string" ? body.length : body.byteLength);

describe("a log of version 1", () => {
  test("[DUR-12] keeps its epoch, its messages and its ids, and takes new ones", async () => {
    await withLog(({ storage }) => {
      makeOld(storage);
      const log = new RoomLog(storage, RETENTION, "room");
      expect(log).toMatchObject({ epoch: "0123456789abcdef", last: 4, floor: 0 });
      expect([log.seqOf("2"), log.seqOf("4")]).toEqual([2, 4]);
      log.append(entries(segment(5, ["e", "f"])));
      for (const each of [log, new RoomLog(storage, RETENTION, "room")]) {
        const { messages, more } = pageBefore(each, 6, 4);
        expect(messages.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
        expect([messages[0], messages[3], more]).toEqual([message(2, "b"), message(5, "e"), true]);
        expect([...each.after(0)].map(({ body }) => body)).toEqual([
          ...OLD.map(({ body }) => body),
          segment(5, ["e", "f"]).body,
        ]);
      }
    });
  });

  test("[DUR-12] is bounded by bytes over old and new rows", async () => {
    await withLog(({ storage }) => {
      makeOld(storage);
      const added = segment(5, ["e", "f"]);
      const [first = 0, second = 0, third = 0, fourth = 0] = [...OLD, added].map(({ body }) => sizeOf(body));
      const log = new RoomLog(storage, RETENTION, "room");
      expect(log.bytesAfter(0)).toBe(first + second + third);
      expect(log.bytesAfter(2)).toBe(second + third);
      log.append(entries(added));
      for (const each of [log, new RoomLog(storage, RETENTION, "room")]) {
        expect([0, 1, 2, 3, 4, 5, 6].map((seq) => each.bytesAfter(seq))).toEqual([
          first + second + third + fourth,
          first + second + third + fourth,
          second + third + fourth,
          third + fourth,
          fourth,
          fourth,
          0,
        ]);
      }
      const bound = new RoomLog(storage, { ...RETENTION, bytes: fourth }, "room");
      bound.trim(0);
      expect([bound.floor, bound.bytesAfter(0)]).toEqual([4, fourth]);
    });
  });

  test("[DUR-12] gives the same part of an old row as of a new one", () => {
    const whole = segment(5, ["a", { b: "大" }, "c"]);
    expect(segmentAfter({ ...whole, sizes: null }, 5)).toEqual(segmentAfter(whole, 5));
  });
});
