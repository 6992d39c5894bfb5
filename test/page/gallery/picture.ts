import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** A cell of a picture stands for a square of this many pixels of the page. */
const CELL_PX = 5;
/** How much the colour of a cell may differ (YIQ, from 0 to 1). An edge that moved by one pixel stays below it. */
const CELL_TOLERANCE = 0.2;
/** How many cells may differ more. A word of four letters has more. */
const MAX_CELLS = 6;
/** References have this many levels of each colour, which are enough to compare and make the files half as large. */
const LEVELS = 16;
const LEVEL = 255 / (LEVELS - 1);
/** An area is a square of this many cells. Its mean shows a change of colour that no cell shows. */
const AREA_CELLS = 8;
const AREA_TOLERANCE = LEVEL / 2;
const MAX_AREAS = 1;

/**
 * A picture at a fifth of its size. It has the place and size of everything, takes little space in the repository, and forgives what
 * differs between versions of a browser.
 */
export function shrink(screenshot: Buffer): PNG {
  return means(PNG.sync.read(screenshot), CELL_PX);
}

/** A small PNG file, with fewer colours. */
export function encode(picture: PNG): Buffer {
  return PNG.sync.write(withFewerColours(picture), { colorType: 2, deflateLevel: 9, filterType: -1 });
}

export function decode(file: Buffer): PNG {
  return PNG.sync.read(file);
}

export type Difference = {
  /** In one sentence, what differs. */
  reason: string;
  /** The reference with the cells that differ in red; absent if the sizes differ. */
  picture?: PNG;
};

/**
 * The difference between a picture and its reference; undefined if that is within the tolerance.
 * @param reference a picture that was encoded
 */
export function compare(actual: PNG, reference: PNG): Difference | undefined {
  const { width, height } = reference;
  if (actual.width !== width || actual.height !== height)
    return { reason: `It has ${actual.width} by ${actual.height} cells and not ${width} by ${height}.` };
  const picture = new PNG({ width, height });
  const cells = pixelmatch(actual.data, reference.data, picture.data, width, height, {
    threshold: CELL_TOLERANCE,
    // A cell is a mean, so none is the smoothed edge of a shape.
    includeAA: true,
  });
  if (cells > MAX_CELLS)
    return { reason: `${cells} cells of ${CELL_PX} by ${CELL_PX} pixels differ.`, picture };
  const areas = differentAreas(withFewerColours(actual), reference);
  return areas > MAX_AREAS ? { reason: `The colour of ${areas} areas differs.`, picture } : undefined;
}

function differentAreas(a: PNG, b: PNG): number {
  const [before, after] = [means(a, AREA_CELLS), means(b, AREA_CELLS)];
  let areas = 0;
  for (let i = 0; i < before.data.length; i += 4) {
    const differs = [0, 1, 2].some(
      (channel) =>
        Math.abs((before.data[i + channel] ?? 0) - (after.data[i + channel] ?? 0)) > AREA_TOLERANCE,
    );
    if (differs) areas++;
  }
  return areas;
}

function withFewerColours({ data, width, height }: PNG): PNG {
  const picture = new PNG({ width, height });
  picture.data.set(data.map((value) => Math.round(value / LEVEL) * LEVEL));
  return picture;
}

/** A picture of the mean colours of squares. */
function means(full: PNG, side: number): PNG {
  const small = new PNG({ width: Math.ceil(full.width / side), height: Math.ceil(full.height / side) });
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++) small.data.set(mean(full, x, y, side), 4 * (y * small.width + x));
  return small;
}

function mean({ data, width, height }: PNG, squareX: number, squareY: number, side: number): number[] {
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = squareY * side; y < Math.min(height, (squareY + 1) * side); y++)
    for (let x = squareX * side; x < Math.min(width, (squareX + 1) * side); x++) {
      for (let channel = 0; channel < 3; channel++)
        sum[channel] = (sum[channel] ?? 0) + (data[4 * (y * width + x) + channel] ?? 0);
      count++;
    }
  return [...sum.map((value) => Math.round(value / count)), 255];
}
