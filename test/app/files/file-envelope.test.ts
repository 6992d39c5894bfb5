import { describe, expect, test } from "vitest";
import { decodeFile, encodeFile, isDisplayableImage } from "../../../src/app/files/file-envelope.ts";
import { png } from "./image-headers.ts";

const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);

describe("file envelope", () => {
  test("[PAGE-2] decodes what was encoded: name, type, size and bytes", () => {
    const file = { name: "Übersicht 图.png", type: "image/png", width: 640, height: 480, bytes };
    expect(decodeFile(encodeFile(file))).toEqual(file);
  });

  test("[PAGE-2] decodes an envelope that starts inside a larger buffer", () => {
    const packed = encodeFile({ name: "a", type: "text/plain", bytes: bytes.slice(0, 3) });
    const frame = new Uint8Array(packed.length + 9);
    frame.set(packed, 9);
    expect(decodeFile(frame.subarray(9))).toEqual({
      name: "a",
      type: "text/plain",
      bytes: bytes.slice(0, 3),
    });
  });

  test("[PAGE-2] encodes the documented format: magic bytes, header length, JSON header, file", () => {
    const header = '{"name":"a.txt","type":"text/plain"}';
    const packed = encodeFile({ name: "a.txt", type: "text/plain", bytes: new Uint8Array([1, 2]) });
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
    ["no bytes", new Uint8Array()],
    ["other bytes", bytes],
    ["the magic bytes alone", new Uint8Array([0x00, 0x44, 0x4d, 0x46])],
    ["a header longer than the message", new Uint8Array([0x00, 0x44, 0x4d, 0x46, 0xff, 0xff, 0x7b])],
    ["a header that is not JSON", withHeader("{name}")],
    ["a header that is null", withHeader("null")],
    ["a header without a type", withHeader('{"name":"a"}')],
    ["a name that is not a string", withHeader('{"name":[],"type":"a/b"}')],
  ])("[PAGE-2] decodes %s as undefined", (_, message) => {
    expect(decodeFile(message)).toBeUndefined();
  });

  test.each([
    ["-1", "2"],
    ["1e9", "1e9"],
    ['"100%"', "2"],
    ["1.5", "2"],
  ])("[PAGE-2] drops an invalid image size of %s by %s pixels", (width, height) => {
    const file = decodeFile(
      withHeader(`{"name":"a","type":"image/png","width":${width},"height":${height}}`),
    );
    expect(file).toEqual({ name: "a", type: "image/png", bytes: new Uint8Array() });
  });
});

describe("isDisplayableImage", () => {
  test("[PAGE-2] accepts raster images, and rejects SVG, HTML and malformed types", () => {
    const types = ["image/png", "image/svg+xml", "text/html", "image/PNG ; a"];
    expect(types.map((type) => isDisplayableImage({ type, bytes: png(1, 1) }))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("[PAGE-2] rejects an image with more than 40 million pixels or an incomplete header", () => {
    const images = [png(8000, 5000), png(8001, 5000), png(1, 1).slice(0, 20), new Uint8Array()];
    expect(images.map((bytes) => isDisplayableImage({ type: "image/png", bytes }))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
