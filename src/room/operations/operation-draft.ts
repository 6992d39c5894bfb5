import type { Operation } from "../../protocol/operations.ts";
import type { Form } from "./form.ts";

/**
 * The data of an operation as a hook sees it. It has the form of a message, so that a hook for messages can judge it: an edit has its new
 * data, an append the data of its message with the appended text alone, and others have the data of their message as it is.
 * @param json the data of the operation
 */
export function draftDataOf({ op }: Operation, json: string | undefined, { data }: Form): unknown {
  if (op === "edit") return JSON.parse(json ?? "null");
  if (op !== "append") return structuredClone(data);
  const piece: unknown = JSON.parse(json ?? '""');
  return typeof data === "string" ? piece : { ...(structuredClone(data) as object), text: piece };
}

/**
 * The data of an operation as a hook returned it.
 * @throws TypeError where it has no text for an append
 */
export function operationData({ op }: Operation, returned: unknown): unknown {
  if (op !== "append" || typeof returned === "string") return returned;
  const hasText = typeof returned === "object" && returned !== null && "text" in returned;
  if (hasText && typeof returned.text === "string") return returned.text;
  throw new TypeError("The draft of an append must keep a text.");
}
