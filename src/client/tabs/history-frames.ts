import { encodeBinary } from "../../protocol/binary.ts";
import type { Frame } from "../connection/transport.ts";
import type { HistoryMessage } from "../frames.ts";

/**
 * Writes a page of history as the frames of a fresh join. They cover every seq from that of the first message on, since a client takes a
 * missing one for a fault.
 * @param position the last seq to cover
 */
export function historyFrames(messages: readonly HistoryMessage[], position: number): Frame[] {
  const frames: Frame[] = [];
  let first = messages[0]?.seq ?? position + 1;
  let run: HistoryMessage[] = [];
  const endRun = (last: number) => {
    if (last >= first) frames.push(JSON.stringify({ type: "messages", first, last, at: 0, messages: run }));
    first = last + 1;
    run = [];
  };
  for (const message of messages) {
    if (!("binary" in message)) {
      run.push(message);
      continue;
    }
    const { binary, ...header } = message;
    endRun(message.seq - 1);
    const bytes = Uint8Array.from(atob(binary), (char) => char.charCodeAt(0));
    frames.push(encodeBinary({ ...header, type: "message" }, bytes));
    first = message.seq + 1;
  }
  endRun(Math.max(position, run.at(-1)?.seq ?? 0));
  return frames;
}
