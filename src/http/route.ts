import type * as v from "valibot";
import type { ErrorCode } from "../protocol/codes.ts";
import type { Capability } from "../protocol/down.ts";

type Schema = v.GenericSchema;

/** What an answer that is no problem holds. */
export type Answer = {
  status: number;
  description: string;
  /** By media type; nothing for an answer without a body. */
  content?: Readonly<Record<string, Schema>>;
  headers?: Readonly<Record<string, string>>;
};

/** One call of the HTTP API: its address, how the description of the API tells of it, and what it does. */
export type Route = {
  method: "GET" | "POST" | "DELETE";
  /** As OpenAPI writes it: `/v1/rooms/{room}`. */
  path: string;
  /** What generated clients name it. */
  id: string;
  summary: string;
  description?: string;
  needs?: Capability;
  query?: v.ObjectSchema<v.ObjectEntries, undefined>;
  /** Headers of the request, and what they mean. */
  headers?: Readonly<Record<string, string>>;
  /** By media type. */
  body?: Readonly<Record<string, Schema>>;
  /** A body that may be sent as it stands, and again: what `/docs` tries out. */
  example?: object;
  answers: readonly Answer[];
  /** Codes of the problems that are its own, beside those of every call. */
  problems?: readonly ErrorCode[];
  handle(request: Request, env: Env): Response | Promise<Response>;
};
