import { describe, expect, test } from "vitest";
import { startPositionOf } from "../../../src/room/delivery/start-position.ts";

const LOG = {
  epoch: "abc",
  last: 100,
  floor: 40,
  isContinuedBy: () => false,
  beforeNewest: (count: number) => Math.max(40, 100 - count),
  hasMoreAfter: (seq: number, count: number) => 100 - seq > count,
};
const MOST = 50;

const from = (cursor: string | undefined, history = 0, most = MOST) =>
  startPositionOf(LOG, cursor, history, most);

describe("without a cursor", () => {
  test.each([
    ["no history", 0, 100],
    ["some", 10, 90],
    ["as much as may be replayed", 50, 50],
    ["more than may be replayed", 51, 50],
    ["all in the world", 999_999_999, 50],
  ])("a session begins with %s", (_what, history, seq) => {
    expect(from(undefined, history)).toEqual({ from: seq, resumed: false });
  });

  test("no history goes below the floor", () => {
    expect(from(undefined, 80, 80)).toEqual({ from: 40, resumed: false });
  });

  test("a room that is empty has none", () => {
    const empty = { ...LOG, last: 0, floor: 0, beforeNewest: () => 0, hasMoreAfter: () => false };
    expect(startPositionOf(empty, undefined, 10, MOST)).toEqual({ from: 0, resumed: false });
    expect(startPositionOf(empty, "abc.0", 10, MOST)).toEqual({ from: 0, resumed: true });
  });

  test("nothing is replayed where RESUME_MESSAGES is 0", () => {
    expect(from(undefined, 10, 0)).toEqual({ from: 100, resumed: false });
    expect(from("abc.100", 10, 0)).toEqual({ from: 100, resumed: true });
    expect(from("abc.99", 10, 0)).toEqual({ from: 100, resumed: false, reason: "too_many" });
  });
});

describe("a cursor is honoured", () => {
  test.each([
    ["at the end", 100],
    ["before the last", 99],
    ["as far back as may be replayed", 50],
  ])("%s, whatever history is asked for", (_what, seq) => {
    expect(from(`abc.${seq}`, 7)).toEqual({ from: seq, resumed: true });
  });

  test("at the floor itself, since all after it is there", () => {
    expect(from("abc.40", 0, 60)).toEqual({ from: 40, resumed: true });
  });

  test("with zeros before its number", () => {
    expect(from("abc.0099")).toEqual({ from: 99, resumed: true });
  });
});

describe("a cursor is not honoured, and says why", () => {
  test.each([
    ["of another epoch", "abd.90", "epoch"],
    ["of another epoch, whatever else is wrong with it", "abd.1000", "epoch"],
    ["one ahead", "abc.101", "ahead"],
    ["far ahead", "abc.9999999999999999", "ahead"],
    ["one below the floor", "abc.39", "trimmed"],
    ["one more than may be replayed", "abc.49", "too_many"],
  ])("%s", (_what, cursor, reason) => {
    expect(from(cursor, 10)).toEqual({ from: 90, resumed: false, reason });
    expect(from(cursor)).toEqual({ from: 100, resumed: false, reason });
  });

  test.each([
    [""],
    ["."],
    ["abc"],
    ["abc."],
    [".90"],
    ["abc.x"],
    ["abc.-1"],
    ["abc.9.0"],
    ["abc.9e1"],
    ["abc.90 "],
    [" abc.90"],
    ["abc.12345678901234567"],
    ["undefined.NaN"],
  ])("one that is none: %j", (cursor) => {
    expect(from(cursor)).toEqual({ from: 100, resumed: false, reason: "epoch" });
  });
});
