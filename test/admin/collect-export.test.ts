import { describe, expect, test } from "vitest";
import { collectExport, exportName, lastLine } from "../../src/admin/views/room/collect-export.ts";

const encode = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

function streamOf(...parts: (string | Error)[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const queue = parts.values();
  return new ReadableStream({
    pull(controller) {
      const { value } = queue.next();
      if (value === undefined) controller.close();
      else if (typeof value === "string") controller.enqueue(encode(value));
      else controller.error(value);
    },
  });
}

describe("collectExport", () => {
  test("[PAGE-53] has all of an export whose last line says so, in whatever parts it comes", async () => {
    const seen: number[] = [];
    const { parts, outcome } = await collectExport(
      streamOf('{"seq":1}\n{"e', 'nd":tr', 'ue,"seq":1}\n'),
      (bytes) => seen.push(bytes),
    );
    expect([await new Blob(parts).text(), outcome]).toEqual(['{"seq":1}\n{"end":true,"seq":1}\n', "whole"]);
    expect(seen).toEqual([13, 19, 31]);
  });

  test.each([
    ["that ends without its last line", ['{"seq":1}\n']],
    ["of a room that was erased", ['{"seq":1}\n', '{"error":"epoch_changed"}\n']],
    ["whose connection is cut", ['{"seq":1}\n', new Error("cut")]],
  ])("[PAGE-53] says that an export %s is not whole, and keeps what arrived", async (_, parts) => {
    expect(await collectExport(streamOf(...parts), () => {})).toMatchObject({ outcome: "cut" });
  });

  test("[PAGE-53] stops at its limit of bytes", async () => {
    const { outcome, bytes } = await collectExport(streamOf("x".repeat(60), "x".repeat(60)), () => {}, 100);
    expect([outcome, bytes]).toEqual(["large", 60]);
  });

  test("[PAGE-53] fails where nothing arrived", async () => {
    await expect(collectExport(streamOf(new Error("cut")), () => {})).rejects.toThrow("cut");
  });
});

test("[PAGE-53] lastLine reads no more than the end of a long export", () => {
  expect(lastLine([encode("x".repeat(1_000_000)), encode('\n{"end":true}\n')])).toBe('{"end":true}');
  expect(lastLine([])).toBe("");
});

test.each([
  ["lobby", "lobby.ndjson"],
  ["../../etc/passwd", "etc-passwd.ndjson"],
  ["a b&c:d", "a-b-c-d.ndjson"],
  ["大厅", "大厅.ndjson"],
  ["…", "room.ndjson"],
])("[PAGE-53] a file of the room %j is named %j", (room, name) => {
  expect(exportName(room)).toBe(name);
});
