import { describe, expect, test } from "vitest";
import { historyFrames } from "../../../src/client/tabs/history-frames.ts";
import { splitBinary } from "../../../src/protocol/binary.ts";

const said = (seq: number) => ({ seq, at: seq, id: `m${seq}`, from: "a", name: "A" });
const text = (seq: number) => ({ ...said(seq), data: `${seq}` });
const binary = (seq: number) => ({ ...said(seq), binary: "AQI=" });

/** The seqs that each frame covers, and how many messages it has. */
const covered = (frames: (string | ArrayBuffer)[]) =>
  frames.map((frame) => {
    if (frame instanceof ArrayBuffer) {
      const { seq } = splitBinary(frame).header as { seq: number };
      return `binary ${seq}`;
    }
    const { first, last, messages } = JSON.parse(frame);
    return `${first}-${last}: ${messages.length}`;
  });

describe("historyFrames", () => {
  test("[TABS-1] cover every seq from the first message to the position", () => {
    expect(covered(historyFrames([text(3), text(5)], 7))).toEqual(["3-7: 2"]);
    expect(covered(historyFrames([text(3), binary(5), text(8)], 8))).toEqual([
      "3-4: 1",
      "binary 5",
      "6-8: 1",
    ]);
    expect(covered(historyFrames([binary(2), binary(3)], 6))).toEqual(["binary 2", "binary 3", "4-6: 0"]);
    expect(historyFrames([], 6)).toEqual([]);
  });

  test("[TABS-1] keep the bytes of a binary message", () => {
    const [frame] = historyFrames([binary(1)], 1);
    expect([...splitBinary(frame as ArrayBuffer).bytes]).toEqual([1, 2]);
  });
});
