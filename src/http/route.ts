import type * as v from "valibot";
import type { ErrorCode } from "../protocol/codes.ts";
import type { Capability } from "../protocol/down.ts";
import type { Service } from "./service.ts";

type Schema = v.GenericSchema;

/** A successful answer of a route. */
export type Answer = {
  status: number;
  description: string;
  /** By media type; absent where the answer has no body. */
  content?: Readonly<Record<string, Schema>>;
  headers?: Readonly<Record<string, string>>;
};

/** A request on its way through a route. */
export type RouteRequest = {
  request: Request;
  url: URL;
  service: Service;
  /** A segment of the path, percent-encoded, by its name in the route's path. */
  segment(name: string): string;
};

/** One call of the HTTP API: its address, its description in OpenAPI, and its handler. */
export type Route = {
  method: "GET" | "POST" | "DELETE";
  /** As OpenAPI writes it: `/v1/rooms/{room}`. */
  path: string;
  /** The name in generated clients. */
  id: string;
  summary: string;
  description?: string;
  needs?: Capability;
  query?: v.ObjectSchema<v.ObjectEntries, undefined>;
  /** Request headers and their meaning. */
  headers?: Readonly<Record<string, string>>;
  /** By media type. */
  body?: Readonly<Record<string, Schema>>;
  /** A body that may be sent as it is, and sent again: `/docs` offers it. */
  example?: object;
  answers: readonly Answer[];
  /** The codes of the problems that are its own, beside those of every route. */
  problems?: readonly ErrorCode[];
  handle(call: RouteRequest): Response | Promise<Response>;
};
