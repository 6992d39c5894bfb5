import { RETRY_LATER_MS } from "../../protocol/closes.ts";
import type { ExportEnd, ExportError, ExportHeader } from "../../protocol/transfer.ts";
import type { ExportPage, ExportQuery } from "../../rpc/data-calls.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { Reader, RoomClient } from "../../rpc/room-calls.ts";
import { publicErrorOf } from "../public-error.ts";

/** How often a page is asked for again, where the room does not answer. */
const ATTEMPTS = 3;

/**
 * An export as a stream of lines. The room is asked for the next page only once the client has read the one before.
 * @param first the first page
 */
export function exportStream(
  client: RoomClient,
  { room, after, reader, first }: { room: string; after: number; reader: Reader; first: ExportPage },
): ReadableStream<Uint8Array> {
  const { epoch, seq, floor } = first;
  const header: ExportHeader = { room, epoch, seq, floor, ...(after === 0 ? {} : { after }) };
  const encoder = new TextEncoder();
  const line = (json: ExportHeader | ExportEnd | ExportError) => encoder.encode(`${JSON.stringify(json)}\n`);
  let page: ExportPage | undefined = first;
  let position = after;
  let isStarted = false;
  let isCancelled = false;
  return new ReadableStream({
    async pull(controller) {
      try {
        page ??= await nextPage(client, { ...reader, after: position, upTo: seq, epoch }, () => isCancelled);
        if (isCancelled) return;
        if (!isStarted) controller.enqueue(line(header));
        isStarted = true;
        const { lines, more, last } = page;
        if (lines !== "") controller.enqueue(encoder.encode(lines));
        position = last;
        page = undefined;
        if (more) return;
        controller.enqueue(line({ end: true, seq: Math.max(seq, after) }));
        controller.close();
      } catch (error) {
        if (isCancelled) return;
        const { code, message } = publicErrorOf(error);
        controller.enqueue(line({ error: code, detail: message }));
        controller.close();
      }
    },
    cancel() {
      isCancelled = true;
    },
  });
}

/** Waits as long as the read limiter says, so that a long export goes on at the rate of reads. */
async function nextPage(
  client: RoomClient,
  query: ExportQuery,
  isCancelled: () => boolean,
): Promise<ExportPage> {
  for (let failures = 0; ; ) {
    try {
      return unwrap(await client.call("exportPage", query));
    } catch (error) {
      const shown = publicErrorOf(error);
      const { code, retryAfter = RETRY_LATER_MS } = shown;
      const isTransient = code === "rate_limited" || (code === "unavailable" && ++failures < ATTEMPTS);
      if (!isTransient || isCancelled()) throw shown;
      await new Promise((resolve) => setTimeout(resolve, retryAfter));
    }
  }
}
