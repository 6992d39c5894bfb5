import * as v from "valibot";
import { ID_CHARS, SIGNAL_MEMBERS } from "./limits.ts";

/** Fields that several parts of the contract share. */

export const idSchema = v.pipe(
  v.string("must be a string"),
  v.minLength(1, `must have 1 to ${ID_CHARS} characters`),
  v.maxLength(ID_CHARS, `must have 1 to ${ID_CHARS} characters`),
);

/** Any JSON; `null` is a value, a missing field is not. */
export const jsonSchema = v.custom<unknown>((value) => value !== undefined, "must be there: any JSON");

/** What is wrong with a field, as the end of a sentence. The library's own messages repeat the input, so they are not passed on. */
export function whatIsWrong(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? "it";
  if (!issue.message.startsWith("Invalid ")) return `${field} ${issue.message}`;
  if (issue.expected === "never") return `${field} is not known`;
  return issue.received === "undefined" ? `${field} must be there` : `${field} is not what it must be`;
}

const toSize = `must name 1 to ${SIGNAL_MEMBERS} members`;

/** Of a signal, over a socket and over HTTP. */
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
