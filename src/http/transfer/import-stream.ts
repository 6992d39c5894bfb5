import { IMPORT_BYTES } from "../../protocol/limits.ts";
import type { Imported } from "../../protocol/room-list.ts";
import type { ExportedMessage } from "../../protocol/transfer.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { RoomClient } from "../../rpc/room-calls.ts";
import { ImportLines } from "./import-lines.ts";
import { readLines } from "./read-lines.ts";

/** The limits of one call to the room: UTF-16 code units, and messages. */
const PART = { chars: 512 * 1024, messages: 1000 } as const;

/**
 * Imports an export into a room, part by part. Where a line is wrong, nothing of it stays.
 * @throws DormouseError `not_empty`, `bad_json`, `invalid_event`, `too_big`
 */
export async function importStream(
  body: AsyncIterable<Uint8Array>,
  client: RoomClient,
  messageBytes: number,
): Promise<Imported> {
  const lines = new ImportLines(messageBytes);
  let key: string | undefined;
  let part: ExportedMessage[] = [];
  let chars = 0;
  let end = 0;
  const send = async () => {
    if (key === undefined || part.length === 0) return;
    unwrap(await client.call("addToImport", key, JSON.stringify(part)));
    [part, chars] = [[], 0];
  };
  try {
    for await (const line of readLines(body, IMPORT_BYTES)) {
      const read = lines.read(line);
      if ("floor" in read) key ??= unwrap(await client.call("beginImport", { floor: read.floor }));
      else if ("end" in read) end = read.end;
      else {
        part.push(read.message);
        chars += line.text.length;
        if (chars >= PART.chars || part.length >= PART.messages) await send();
      }
    }
    lines.checkEnd();
    await send();
    return unwrap(await client.call("endImport", key ?? "", end));
  } catch (error) {
    // The room drops its part of it within a minute.
    if (key !== undefined) await client.call("abortImport", key).catch(() => {});
    throw error;
  }
}
