/**
 * Builds a font in which each letter is a bar. With it, a page has the same layout on every machine, whatever fonts that has: the pictures
 * of the gallery compare where things stand and how large they are, and not the shapes of letters.
 */

const EM = 1000;
const ASCENT = 800;
const DESCENT = -200;
const BAR_HEIGHT = 520;
/** The width of each glyph. Their numbers are what `GROUPS` names. */
const WIDTHS = [560, 300, 560, 1000, 0];
const [SPACE, NARROW, WIDE, NOTHING] = [1, 2, 3, 4];
const BARS: ReadonlySet<number> = new Set([0, NARROW, WIDE]);

/** The first code point of each range, and its glyph. A range ends where the next starts. */
const RANGES: readonly [first: number, glyph: number][] = [
  [0, NOTHING],
  [0x20, SPACE],
  [0x21, NARROW],
  [0x7f, NOTHING],
  [0xa0, SPACE],
  [0xa1, NARROW],
  // Combining marks.
  [0x300, NOTHING],
  [0x370, NARROW],
  [0x2000, SPACE],
  [0x200b, NOTHING],
  [0x2010, NARROW],
  [0x2028, NOTHING],
  [0x202f, SPACE],
  [0x2030, NARROW],
  [0x2060, NOTHING],
  [0x2070, NARROW],
  // Symbols that may be emoji.
  [0x2300, WIDE],
  // Variation selectors.
  [0xfe00, NOTHING],
  [0xfe10, WIDE],
  [0xfeff, NOTHING],
  [0xff00, WIDE],
  // Skin tones.
  [0x1f3fb, NOTHING],
  [0x1f400, WIDE],
  [0xe0000, NOTHING],
];
const LAST_CODE_POINT = 0x10ffff;

/** A TrueType font, for `@font-face`. */
export function buildBlockFont(): Buffer {
  const { glyf, loca } = glyphs();
  const tables: Record<string, Buffer> = {
    "OS/2": os2(),
    cmap: cmap(),
    glyf,
    head: head(),
    hhea: hhea(),
    hmtx: Buffer.concat(WIDTHS.map((width) => u16(width, 0))),
    loca,
    maxp: Buffer.concat([u32(0x00010000), u16(WIDTHS.length, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)]),
    name: u16(0, 0, 6),
    post: Buffer.concat([u32(0x00030000, 0), i16(-100, 50), u32(0, 0, 0, 0, 0)]),
  };
  return assemble(tables);
}

/** OpenType, "Table directory". */
function assemble(tables: Record<string, Buffer>): Buffer {
  const names = Object.keys(tables);
  const power = Math.floor(Math.log2(names.length));
  const header = [u32(0x00010000), u16(names.length, 16 << power, power, 16 * (names.length - (1 << power)))];
  let offset = 12 + 16 * names.length;
  const bodies: Buffer[] = [];
  for (const [name, table] of Object.entries(tables)) {
    const padded = Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
    header.push(Buffer.from(name), u32(checksum(padded), offset, table.length));
    offset += padded.length;
    bodies.push(padded);
  }
  return Buffer.concat([...header, ...bodies]);
}

function checksum(table: Buffer): number {
  let sum = 0;
  for (let i = 0; i < table.length; i += 4) sum = (sum + table.readUInt32BE(i)) >>> 0;
  return sum;
}

/** Format 13 maps a range of characters to one glyph. */
function cmap(): Buffer {
  const groups = RANGES.map(([first, glyph], i) => {
    const next = RANGES[i + 1]?.[0] ?? LAST_CODE_POINT + 1;
    return u32(first, next - 1, glyph);
  });
  const table = Buffer.concat([u16(13, 0), u32(16 + 12 * groups.length, 0, groups.length), ...groups]);
  return Buffer.concat([u16(0, 1, 3, 10), u32(12), table]);
}

/** A rectangle of the width of its glyph, so that the letters of a word form one bar. */
function glyphs(): { glyf: Buffer; loca: Buffer } {
  const outlines = WIDTHS.map((width, glyph) => (BARS.has(glyph) ? rectangle(width) : Buffer.alloc(0)));
  let offset = 0;
  const offsets = [0, ...outlines.map(({ length }) => (offset += length))];
  return { glyf: Buffer.concat(outlines), loca: u32(...offsets) };
}

function rectangle(width: number): Buffer {
  const bounds = i16(1, 0, 0, width, BAR_HEIGHT);
  const onCurve = Buffer.from([1, 1, 1, 1]);
  // Each point is relative to the one before.
  const points = i16(0, 0, width, 0, 0, BAR_HEIGHT, 0, -BAR_HEIGHT);
  const outline = Buffer.concat([bounds, u16(3, 0), onCurve, points]);
  return Buffer.concat([outline, Buffer.alloc(-outline.length & 3)]);
}

function head(): Buffer {
  const created = Buffer.alloc(16);
  return Buffer.concat([
    u32(0x00010000, 0x00010000, 0, 0x5f0f3cf5),
    u16(3, EM),
    created,
    i16(0, 0, EM, BAR_HEIGHT),
    // The last but one says that `loca` has 32 bits.
    i16(0, 8, 2, 1, 0),
  ]);
}

function hhea(): Buffer {
  const reserved = [0, 0, 0, 0];
  return Buffer.concat([
    u32(0x00010000),
    i16(ASCENT, DESCENT, 0, EM, 0, 0, EM, 1, 0, 0, ...reserved, 0, WIDTHS.length),
  ]);
}

function os2(): Buffer {
  return Buffer.concat([
    u16(4, EM / 2, 400, 5, 0),
    // Subscripts, superscripts and the line through text.
    i16(650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0),
    Buffer.alloc(10),
    u32(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff),
    Buffer.from("NONE"),
    u16(64, 0x20, 0xffff),
    i16(ASCENT, DESCENT, 0),
    u16(ASCENT, -DESCENT),
    u32(1, 0),
    i16(BAR_HEIGHT, BAR_HEIGHT),
    u16(0, 0x20, 1),
  ]);
}

function u16(...values: number[]): Buffer {
  const buffer = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) buffer.writeUInt16BE(value, 2 * i);
  return buffer;
}

function i16(...values: number[]): Buffer {
  return u16(...values.map((value) => value & 0xffff));
}

function u32(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) buffer.writeUInt32BE(value, 4 * i);
  return buffer;
}
