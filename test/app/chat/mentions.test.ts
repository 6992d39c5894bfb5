import { describe, expect, test } from "vitest";
import { mentionsOf } from "../../../src/app/chat/mentions.ts";

describe("mentionsOf", () => {
  test.each([
    ["the listed members, each once", { text: "@Ada @Ada", mentions: ["u7", "u7", "u8"] }, ["u7", "u8"]],
    ["nobody in data without a list", { text: "@Ada" }, []],
    ["nobody in a list of another kind", { text: "", mentions: "u7" }, []],
    ["only strings", { text: "", mentions: [7, null, "", "u7"] }, ["u7"]],
    ["nobody in a string", "@Ada", []],
    ["nobody in null", null, []],
  ])("[PAGE-19] finds %s", (_, data, expected) => {
    expect(mentionsOf(data)).toEqual(expected);
  });

  test("[PAGE-19] finds the first twenty of many", () => {
    const mentions = Array.from({ length: 30 }, (_, i) => `u${i}`);
    expect(mentionsOf({ text: "", mentions })).toEqual(mentions.slice(0, 20));
  });
});
