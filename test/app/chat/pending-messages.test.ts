import { describe, expect, test } from "vitest";
import { uploadProgress } from "../../../src/app/chat/pending-messages.ts";

describe("uploadProgress", () => {
  test.each([
    [300, 300, 0],
    [300, 150, 0.5],
    [300, 0, 1],
    [300, 1000, 0],
    [0, 0, 1],
  ])("[PAGE-3] of %i bytes with %i buffered in the browser is %f", (size, buffered, progress) => {
    expect(uploadProgress(size, buffered)).toBe(progress);
  });
});
