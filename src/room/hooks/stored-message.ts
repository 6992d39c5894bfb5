import { fromBase64 } from "../../protocol/base64.ts";
import type { HistoryMessage } from "../../protocol/down.ts";
import type { StoredMessage } from "../../protocol/room-api.ts";

/** A message of the log as server code sees it. */
export function storedMessageOf(message: HistoryMessage): StoredMessage {
  if (!("binary" in message)) return { ...message };
  const { binary, ...rest } = message;
  return { ...rest, data: undefined, bytes: fromBase64(binary) };
}
