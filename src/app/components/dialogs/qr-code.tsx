import { useEffect, useState } from "preact/hooks";
import { moreStrings } from "../../i18n/index.ts";

/** Dark on light in both themes, since many QR readers do not read inverted codes. */
export function QrCode({ text }: { text: string }) {
  const [code, setCode] = useState<{ viewBox: string; path: string }>();
  useEffect(() => {
    // If the script does not load, the link still works.
    void import("./qr-encoder.ts").then(({ encodeQr }) => setCode(encodeQr(text))).catch(() => {});
  }, [text]);
  return (
    <svg class="qr-code" viewBox={code?.viewBox} role="img" aria-label={moreStrings.value.qrLabel}>
      <path d={code?.path} shape-rendering="crispEdges" />
    </svg>
  );
}
