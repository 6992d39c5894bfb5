import { afterEach, expect, test, vi } from "vitest";
import { PlainFrames } from "../../../src/room/delivery/plain-frames.ts";
import { segment } from "../log/in-object.ts";

afterEach(() => void vi.restoreAllMocks());

test("[LIM-26] plain sockets that are sent the same segment share its frames, and it is parsed once", () => {
  const frames = new PlainFrames();
  const parse = vi.spyOn(JSON, "parse");
  for (let i = 0; i < 30; i++)
    expect(frames.of(segment(1, ["a", { b: 1 }]), false)).toEqual(["a", '{"b":1}']);
  expect(parse).toHaveBeenCalledOnce();
});

test("[LIM-26] a segment of another log with the same seqs is another, and so is a part of one", () => {
  const frames = new PlainFrames();
  expect(frames.of(segment(1, ["a", "b"]), false)).toEqual(["a", "b"]);
  expect(frames.of(segment(1, ["c", "d"]), false)).toEqual(["c", "d"]);
  expect(frames.of(segment(2, ["d"]), false)).toEqual(["d"]);
});

test("[LIM-26] frames are kept of no more than 2 MiB", () => {
  const frames = new PlainFrames();
  const big = (seq: number) => segment(seq, ["x".repeat(700 * 1024)]);
  for (const seq of [1, 2, 3]) frames.of(big(seq), false);
  const parse = vi.spyOn(JSON, "parse");
  frames.of(big(3), false);
  frames.of(big(2), false);
  expect(parse).not.toHaveBeenCalled();
  frames.of(big(1), false);
  expect(parse).toHaveBeenCalledOnce();
});
