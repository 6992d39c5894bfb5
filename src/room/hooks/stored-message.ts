import { fromBase64 } from "../../protocol/base64.ts";
import type { LogMessage } from "../../protocol/down.ts";
import type { StoredMessage, StoredOperation } from "../../protocol/room-api.ts";

/** A message of the log as server code sees it. */
export function storedMessageOf(message: LogMessage): StoredMessage | StoredOperation {
  if (!("binary" in message)) return { ...message, data: message.data };
  const { binary, ...rest } = message;
  return { ...rest, data: undefined, bytes: fromBase64(binary) };
}

export function isOperation(message: StoredMessage | StoredOperation): message is StoredOperation {
  return "op" in message && message.op !== undefined;
}
