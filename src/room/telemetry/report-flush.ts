import { frameSize } from "../../protocol/text.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { NumberedSegment } from "../publish/number-messages.ts";

/** Reports what a flush stored and sent. */
export function reportFlush(telemetry: Telemetry, flushed: readonly NumberedSegment[]): void {
  let messages = 0;
  let bytes = 0;
  let seq = 0;
  for (const { segment } of flushed) {
    messages += segment.last - segment.first + 1;
    bytes += frameSize(segment.body);
    seq = segment.last;
  }
  if (messages > 0) telemetry.emit("publish", { messages, bytes, seq });
}
