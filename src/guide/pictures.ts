import { build } from "esbuild";

/** A frame of a picture, as src/app/frames/frame-header.ts describes it. */
type PicturedFrame = { opcode: number; length: number; mask?: Uint8Array; fin?: boolean };

/** The masking key of the example in RFC 6455, section 5.7. A client draws another key at random for each frame. */
const mask = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** The frames of the pictures, by name. docs/websocket/ shows the bytes of the same frames. */
const FRAMES: Readonly<Record<string, PicturedFrame>> = {
  "text-server": { opcode: 0x1, length: 5 },
  "text-client": { opcode: 0x1, length: 5, mask },
  "length-16": { opcode: 0x2, length: 256 },
  "length-64": { opcode: 0x2, length: 65_536 },
  "fragment-first": { opcode: 0x1, length: 3, fin: false },
  "fragment-last": { opcode: 0x0, length: 2 },
  binary: { opcode: 0x2, length: 3, mask },
  close: { opcode: 0x8, length: 6, mask },
  ping: { opcode: 0x9, length: 5 },
  pong: { opcode: 0xa, length: 5, mask },
  reserved: { opcode: 0xb, length: 0 },
};

/** Draws all pictures of docs/websocket/ with the view of the frames drawer. Returns them by their path. */
export async function drawPictures(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ["src/app/frames/header-picture.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  const drawer: { headerPicture(frame: PicturedFrame, language: string): string } = await import(
    `data:text/javascript;base64,${code}`
  );
  return new Map(
    ["en", "zh"].flatMap((language) =>
      Object.entries(FRAMES).map(
        ([name, frame]) =>
          [`docs/images/frames/${language}/${name}.svg`, drawer.headerPicture(frame, language)] as const,
      ),
    ),
  );
}
