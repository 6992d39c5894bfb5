import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Sender } from "ws";
import { headerBytes } from "../../src/app/frames/frame-header.ts";
import { drawPictures } from "../../src/guide/pictures.ts";
import { bytesIn, LEARN_FOLDERS, LEARN_PAGES, markedBlocks } from "../support/learn-pages.ts";

/** A frame as the comment before its bytes describes it. */
type Described = {
  opcode: number;
  fin?: boolean;
  mask?: string;
  code?: number;
  text?: string;
  hex?: string;
  zeros?: number;
  /** The page shows the header only. */
  header?: boolean;
};

const FILES = LEARN_FOLDERS.flatMap((folder) => LEARN_PAGES.map((page) => `${folder}/${page}.md`));
const SHOWN = FILES.flatMap((file) =>
  markedBlocks(file).flatMap(({ mark, code }) => {
    const frame = /^bytes (.+)$/.exec(mark)?.[1];
    return frame === undefined ? [] : [{ file, frame, bytes: bytesIn(code) }];
  }),
);

function payloadOf({ code, text = "", hex = "", zeros = 0 }: Described): Buffer {
  const status = Buffer.alloc(code === undefined ? 0 : 2);
  if (code !== undefined) status.writeUInt16BE(code);
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return Buffer.concat([status, Buffer.from(text), bytes, Buffer.alloc(zeros)]);
}

/** The frame as `ws` sends it. */
function framed(frame: Described, payload: Buffer): Buffer {
  const key = Buffer.from(frame.mask ?? "", "hex");
  const options = {
    opcode: frame.opcode,
    fin: frame.fin ?? true,
    mask: frame.mask !== undefined,
    readOnly: true,
    rsv1: false,
    generateMask: (mask: Buffer) => key.copy(mask),
  };
  return Buffer.concat(Sender.frame(payload, options));
}

function spaced(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").match(/../g)?.join(" ") ?? "";
}

describe("the bytes of WebSocket, frame by frame", () => {
  test("[DOCS-5] each of the seven kinds has bytes, in both languages", () => {
    for (const folder of LEARN_FOLDERS) {
      const kinds = SHOWN.filter(({ file }) => file === `${folder}/kinds.md`);
      const opcodes = new Set(kinds.map(({ frame }) => JSON.parse(frame).opcode));
      expect([...opcodes].sort((a, b) => a - b)).toEqual([0, 1, 2, 8, 9, 10, 11]);
    }
  });

  test.each(SHOWN)("[DOCS-5] $file shows $frame as ws sends it", ({ frame, bytes }) => {
    const described: Described = JSON.parse(frame);
    const payload = payloadOf(described);
    const key = described.mask === undefined ? {} : { mask: Buffer.from(described.mask, "hex") };
    const header = spaced(
      headerBytes({ opcode: described.opcode, length: payload.length, fin: described.fin ?? true, ...key }),
    );
    const sent = spaced(framed(described, payload));
    expect(sent.startsWith(header)).toBe(true);
    expect(bytes).toBe(described.header ? header : sent);
  });
});

describe("the pictures of WebSocket, frame by frame", () => {
  test("[DOCS-6] are those that the frames drawer draws now", async () => {
    const drawn = await drawPictures();
    const stored = globSync("docs/images/frames/**/*.svg").map((file) => file.replaceAll("\\", "/"));
    expect(stored.sort()).toEqual([...drawn.keys()].sort());
    for (const [path, svg] of drawn)
      expect(readFileSync(path, "utf8"), `${path} is out of date. Run: npm run learn:pictures`).toBe(svg);
  });

  test("[DOCS-6] show the bits of the header", async () => {
    const svg = (await drawPictures()).get("docs/images/frames/en/text-client.svg") ?? "";
    const bits = [...svg.matchAll(/monospace"[^>]*>([01 ]+)<\/text>/g)]
      .map(([, text = ""]) => text.replaceAll(" ", ""))
      .join("");
    const header = headerBytes({ opcode: 1, length: 5, mask: Uint8Array.of(0x37, 0xfa, 0x21, 0x3d) });
    expect(bits).toBe(Array.from(header, (byte) => byte.toString(2).padStart(8, "0")).join(""));
    expect(svg).not.toMatch(/<style|style=|<script/);
  });

  test.each(LEARN_FOLDERS)(
    "[DOCS-6] are all on a page of %s, with a text for those who do not see them",
    (folder) => {
      const text = LEARN_PAGES.map((page) => readFileSync(`${folder}/${page}.md`, "utf8")).join("\n");
      const shown = [...text.matchAll(/!\[([^\]]*)\]\([./]+(images\/frames\/[^)]+)\)/g)];
      const language = folder.includes("zh") ? "zh" : "en";
      const stored = globSync(`docs/images/frames/${language}/*.svg`);
      expect(shown.map(([, , path]) => `docs/${path}`).sort()).toEqual(stored.sort());
      for (const [, alt = ""] of shown) expect(alt.length).toBeGreaterThan(15);
    },
  );
});
