import { correction, generate } from "lean-qr/nano";

/** The light border that QR readers need, in modules. */
const QUIET_ZONE = 4;

/** A QR code as an SVG view box and the path of its dark modules. The page loads this script only when it shows a code. */
export function encodeQr(text: string): { viewBox: string; path: string } {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const modules = Array.from({ length: code.size ** 2 }, (_, i) => {
    const [x, y] = [i % code.size, Math.floor(i / code.size)];
    return code.get(x, y) ? `M${x} ${y}h1v1h-1z` : "";
  });
  const size = code.size + 2 * QUIET_ZONE;
  return { viewBox: `${-QUIET_ZONE} ${-QUIET_ZONE} ${size} ${size}`, path: modules.join("") };
}
