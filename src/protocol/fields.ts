import * as v from "valibot";
import { ID_CHARS, REACTION_KEY_CHARS, SIGNAL_MEMBERS } from "./limits.ts";
import { type OperationName, type StreamEnd, textIn } from "./operations.ts";

/** Fields that events and HTTP bodies share. The error texts complete a sentence that begins with the name of the field. */

export const idSchema = v.pipe(
  v.string("must be a string"),
  v.minLength(1, `must have 1 to ${ID_CHARS} characters`),
  v.maxLength(ID_CHARS, `must have 1 to ${ID_CHARS} characters`),
);

/** The epoch of a log. */
export const epochSchema = v.pipe(
  v.string("must be a string"),
  v.maxLength(64, "must have at most 64 characters"),
);

/** Any JSON value. `null` is a value; a missing field is not. */
export const jsonSchema = v.custom<unknown>((value) => value !== undefined, "is required: any JSON value");

const keySize = `must have 1 to ${REACTION_KEY_CHARS} characters`;

/** The key of a reaction, such as an emoji. */
export const reactionKeySchema = v.pipe(
  v.string("must be a string"),
  v.minLength(1, keySize),
  v.maxLength(REACTION_KEY_CHARS, keySize),
);

type PublishFields = {
  op?: OperationName | undefined;
  target?: number | undefined;
  key?: string | undefined;
  data?: unknown;
  stream?: true | undefined;
  end?: StreamEnd | undefined;
};

/** Checks what the schema of a publish cannot. Returns the error as the end of a sentence, or undefined if the event is valid. */
export function whatIsMissing(event: PublishFields): string | undefined {
  const { op, target, data, stream, end } = event;
  if (end !== undefined && op !== "append") return "end belongs to an append";
  if (op !== undefined) {
    if (stream) return "stream belongs to a message, not to an operation";
    return target === undefined ? "target is required: the seq of a message" : whatOperationLacks(op, event);
  }
  if (data === undefined) return "data is required: any JSON value";
  return stream && textIn(data) === undefined ? "data must be a string, or an object with a text" : undefined;
}

function whatOperationLacks(op: OperationName, { key, data }: PublishFields): string | undefined {
  switch (op) {
    case "delete":
      return undefined;
    case "edit":
      return data === undefined ? "data is required: any JSON value" : undefined;
    case "append":
      return typeof data === "string" ? undefined : "data must be a string";
    default:
      if (key === undefined) return "key is required: the key of a reaction";
      return key.isWellFormed() ? undefined : "key must be well-formed Unicode";
  }
}

/** The fault of a field, as the end of a sentence. Omits the schema library's own messages, because they quote the input. */
export function whatIsWrong(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? "it";
  if (!issue.message.startsWith("Invalid ")) return `${field} ${issue.message}`;
  if (issue.expected === "never") return `${field} is not a known field`;
  return issue.received === "undefined" ? `${field} is required` : `${field} is invalid`;
}

const toSize = `must have 1 to ${SIGNAL_MEMBERS} members`;

/** The fields of a signal, over a socket and over HTTP. */
export const signalFields = {
  data: jsonSchema,
  to: v.optional(
    v.pipe(
      v.array(v.string("must be a list of member ids"), "must be a list of member ids"),
      v.minLength(1, toSize),
      v.maxLength(SIGNAL_MEMBERS, toSize),
    ),
  ),
  key: v.optional(idSchema),
};
