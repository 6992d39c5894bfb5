import { describe, expect, test } from "vitest";
import { Sender } from "ws";
import { headerBytes, headerFields } from "../../../src/app/frames/frame-header.ts";
import { OPCODES } from "../../../src/app/frames/opcodes.ts";

const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000];
const KEY = Buffer.from([0x9c, 0x01, 0xff, 0x40]);

/** The header that the `ws` package writes for the same frame. */
function wsHeader(opcode: number, length: number, mask?: Buffer): Buffer {
  const options = {
    fin: true,
    opcode,
    readOnly: true,
    rsv1: false,
    mask: mask !== undefined,
    ...(mask === undefined ? undefined : { generateMask: (into: Buffer) => mask.copy(into) }),
  };
  const frame = Buffer.concat(Sender.frame(Buffer.alloc(length), options as never));
  return frame.subarray(0, frame.length - length);
}

describe("headerBytes", () => {
  test.each(
    LENGTHS.flatMap((length) =>
      Object.entries(OPCODES).map(([name, opcode]) => [name, length, opcode] as const),
    ),
  )("[PAGE-4] encodes a %s frame of %i bytes as ws does, masked and unmasked", (_, length, opcode) => {
    expect(Buffer.from(headerBytes({ opcode, length }))).toEqual(wsHeader(opcode, length));
    expect(Buffer.from(headerBytes({ opcode, length, mask: KEY }))).toEqual(wsHeader(opcode, length, KEY));
  });
});

describe("headerFields", () => {
  test("[PAGE-4] lists the fields in order, with ? for each bit of an unknown masking key", () => {
    const fields = headerFields({ opcode: OPCODES.text, length: 300, mask: "unknown" });
    expect(fields.map(({ name, bits }) => `${name} ${bits}`)).toEqual([
      "FIN 1",
      "RSV1 0",
      "RSV2 0",
      "RSV3 0",
      "opcode 0001",
      "MASK 1",
      "length 1111110",
      "extended 0000000100101100",
      `key ${"?".repeat(32)}`,
    ]);
    expect(headerFields({ opcode: 0x9, length: 65_536, fin: false }).map(({ bits }) => bits)).toEqual([
      ..."0000",
      "1001",
      "0",
      "1111111",
      (65_536).toString(2).padStart(64, "0"),
    ]);
  });
});
