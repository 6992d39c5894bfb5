import { beforeEach, describe, expect, test } from "vitest";
import { loadPending, removePending, savePending } from "../../../src/app/chat/pending-storage.ts";
import { resetStorage } from "./fixtures.ts";

beforeEach(resetStorage);

describe("pending storage", () => {
  test("[PAGE-3] returns the messages of a room in the order in which they were sent", () => {
    const error = { code: "too_big", message: "too big" };
    savePending("a", { id: "2", at: 20, content: "second" });
    savePending("a", { id: "1", at: 10, content: "first" });
    savePending("a b", { id: "3", at: 5, content: "in another room" });
    savePending("a", { id: "4", at: 30, content: new Uint8Array([0, 255]), error });
    expect(loadPending("a")).toEqual([
      { id: "1", at: 10, content: "first" },
      { id: "2", at: 20, content: "second" },
      { id: "4", at: 30, content: new Uint8Array([0, 255]), error },
    ]);
    removePending("a", "1");
    expect(loadPending("a").map(({ id }) => id)).toEqual(["2", "4"]);
  });

  test("[PAGE-3] reports whether a message was stored", () => {
    expect(savePending("a", { id: "1", at: 1, content: "x" })).toBe(true);
    expect(savePending("a", { id: "2", at: 2, content: "x".repeat(2000) })).toBe(false);
  });

  test.each(["", "{", "null", "[]", '{"at":1}', '{"at":"1","text":"a"}', '{"at":1,"file":"%"}'])(
    "[PAGE-3] ignores the foreign value %j under one of its keys",
    (value) => {
      localStorage.setItem("dormouse.unsent a 1", value);
      expect(loadPending("a")).toEqual([]);
    },
  );

  test("[PAGE-3] ignores a malformed error and keeps the message", () => {
    localStorage.setItem("dormouse.unsent a 1", '{"at":1,"text":"x","error":{"code":1}}');
    expect(loadPending("a")).toEqual([{ id: "1", at: 1, content: "x" }]);
  });
});
