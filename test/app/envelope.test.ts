import { describe, expect, test } from "vitest";
import { fromBase64, toBase64 } from "../../src/app/file/base64.ts";
import { isImage, pack, unpack } from "../../src/app/file/envelope.ts";
import { png } from "./images.ts";

const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);

describe("a file as a binary message", () => {
  test("[PAGE-2] comes back as it was, with its name, its type and its size", () => {
    const file = { name: "Übersicht 图.png", type: "image/png", width: 640, height: 480, bytes };
    expect(unpack(pack(file))).toEqual(file);
  });

  test("[PAGE-2] comes back from the middle of a frame", () => {
    const packed = pack({ name: "a", type: "text/plain", bytes: bytes.slice(0, 3) });
    const frame = new Uint8Array(packed.length + 9);
    frame.set(packed, 9);
    expect(unpack(frame.subarray(9))).toEqual({ name: "a", type: "text/plain", bytes: bytes.slice(0, 3) });
  });

  test("[PAGE-2] has a format that can be written by hand", () => {
    const header = '{"name":"a.txt","type":"text/plain"}';
    const packed = pack({ name: "a.txt", type: "text/plain", bytes: new Uint8Array([1, 2]) });
    expect(Buffer.from(packed)).toEqual(
      Buffer.concat([
        Buffer.from([0x00, 0x44, 0x4d, 0x46, 0, header.length]),
        Buffer.from(header),
        Buffer.from([1, 2]),
      ]),
    );
  });

  const withHeader = (header: string) => {
    const head = Buffer.from(header);
    return new Uint8Array(
      Buffer.concat([Buffer.from([0, 0x44, 0x4d, 0x46, head.length >> 8, head.length & 255]), head]),
    );
  };
  test.each([
    ["nothing", new Uint8Array()],
    ["other bytes", bytes],
    ["the mark alone", new Uint8Array([0x00, 0x44, 0x4d, 0x46])],
    ["a header that ends too late", new Uint8Array([0x00, 0x44, 0x4d, 0x46, 0xff, 0xff, 0x7b])],
    ["a header that is not JSON", withHeader("{name}")],
    ["a header that is null", withHeader("null")],
    ["a header without a type", withHeader('{"name":"a"}')],
    ["a name that is no string", withHeader('{"name":[],"type":"a/b"}')],
  ])("[PAGE-2] is not seen in %s", (_, message) => {
    expect(unpack(message)).toBeUndefined();
  });

  test.each([
    ["-1", "2"],
    ["1e9", "1e9"],
    ['"100%"', "2"],
    ["1.5", "2"],
  ])("[PAGE-2] has no size of %s by %s pixels", (width, height) => {
    const file = unpack(withHeader(`{"name":"a","type":"image/png","width":${width},"height":${height}}`));
    expect(file).toEqual({ name: "a", type: "image/png", bytes: new Uint8Array() });
  });

  test("[PAGE-2] is shown as an image only where no document could hide in it", () => {
    expect(
      ["image/png", "image/svg+xml", "text/html", "image/PNG ; a"].map((type) =>
        isImage({ type, bytes: png(1, 1) }),
      ),
    ).toEqual([true, false, false, false]);
  });

  test("[PAGE-2] is shown as an image only where its own header says that it can be decoded without trouble", () => {
    const shown = (bytes: Uint8Array<ArrayBuffer>) => isImage({ type: "image/png", bytes });
    expect([png(8000, 5000), png(8001, 5000), png(1, 1).slice(0, 20), new Uint8Array()].map(shown)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("[PAGE-2] is kept as base64 and comes back", () => {
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });
});
