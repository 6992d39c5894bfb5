import { describe, expect, test } from "vitest";
import { type Arrival, arrivalOf, MAX_TEXT } from "../../src/admin/views/room/row.ts";
import {
  MAX_CHARS,
  MAX_ROWS,
  rowsOf,
  withArrived,
  withDeleted,
} from "../../src/admin/views/room/row-list.ts";
import type { RoomMessage } from "../../src/client/core.ts";

const base = { at: 1, id: "x", from: "ada", name: "Ada" };
const message = (seq: number, data: unknown, more: object = {}) => ({ ...base, seq, data, ...more });
const arrivals = (...messages: object[]) =>
  messages
    .map((each) => arrivalOf(each as RoomMessage))
    .filter((each): each is Arrival => each !== undefined);
const textsOf = (rows: ReturnType<typeof rowsOf>) => rows.map(({ text }) => text);

describe("row list", () => {
  test("[PAGE-54] shows a text as text, any other data as JSON, and bytes by their number", () => {
    const rows = rowsOf([
      message(1, "bare"),
      message(2, { text: "said" }),
      message(3, { text: "said", file: 1 }),
      { ...base, seq: 4, binary: "AAEC" },
      message(5, undefined, { deleted: true }),
    ]);
    expect(rows.map(({ kind, text, size }) => [kind, text, size])).toEqual([
      ["text", "bare", 4],
      ["text", "said", 4],
      ["json", '{"text":"said","file":1}', 24],
      ["binary", "", 3],
      ["deleted", "", 0],
    ]);
  });

  test("[PAGE-52] folds edits, appends and deletions into their messages, each once", () => {
    const rows = rowsOf([message(1, { text: "a" }), message(2, "b"), message(3, "c")]);
    const operations = arrivals(
      message(4, { text: "A" }, { op: "edit", target: 1 }),
      message(5, "!", { op: "append", target: 2 }),
      message(6, undefined, { op: "delete", target: 3 }),
      message(7, undefined, { op: "react", target: 1, key: "+" }),
      message(8, "new"),
    );
    const once = withArrived(rows, operations);
    expect(textsOf(once)).toEqual(["A", "b!", "", "new"]);
    expect(once.map(({ kind, isEdited }) => [kind, isEdited])).toEqual([
      ["text", true],
      ["text", false],
      ["deleted", false],
      ["text", false],
    ]);
    expect(withArrived(once, operations)).toEqual(once);
  });

  test("[PAGE-52] does not apply again what a page of history has already", () => {
    const rows = rowsOf([message(1, "ab", { version: 3 })]);
    expect(textsOf(withArrived(rows, arrivals(message(3, "b", { op: "append", target: 1 }))))).toEqual([
      "ab",
    ]);
  });

  test("[PAGE-52] keeps the newest rows, within a number and an amount of text", () => {
    const many = Array.from({ length: MAX_ROWS + 50 }, (_, i) => message(i + 1, String(i + 1)));
    const rows = withArrived([], arrivals(...many));
    expect(rows).toHaveLength(MAX_ROWS);
    expect(rows.at(-1)?.seq).toBe(MAX_ROWS + 50);
    const long = withArrived([], arrivals(...many.map((each) => ({ ...each, data: "x".repeat(100_000) }))));
    expect(long[0]?.text).toHaveLength(MAX_TEXT);
    expect(textsOf(long).join("").length).toBeLessThanOrEqual(MAX_CHARS);
  });

  test("[PAGE-53] shows a deletion at once", () => {
    const rows = withDeleted(rowsOf([message(1, "a"), message(2, "b")]), 1);
    expect(rows.map(({ kind }) => kind)).toEqual(["deleted", "text"]);
  });
});
