import { correction, generate } from "lean-qr/nano";

/** The light border that readers need, in cells. */
const QUIET = 4;

/** A QR code as SVG: the box that it is drawn in, and the path of its dark cells. Loaded when it is first shown. */
export function qrOf(text: string): { viewBox: string; path: string } {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const cells = Array.from({ length: code.size ** 2 }, (_, i) => {
    const [x, y] = [i % code.size, Math.floor(i / code.size)];
    return code.get(x, y) ? `M${x} ${y}h1v1h-1z` : "";
  });
  const size = code.size + 2 * QUIET;
  return { viewBox: `${-QUIET} ${-QUIET} ${size} ${size}`, path: cells.join("") };
}
