import type * as v from "valibot";
import type { Capability } from "../protocol/down.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Service } from "./service.ts";

/** A response that is not a problem, as the OpenAPI description lists it. */
export type RouteResponse = {
  status: number;
  description: string;
  /** Schemas by media type; absent where the response has no body. */
  content?: Readonly<Record<string, v.GenericSchema>>;
  /** Descriptions of response headers, by name. */
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

/** One call of the HTTP API: its handler, and what the OpenAPI description says about it. */
export type Route = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** In OpenAPI's form: `/v1/rooms/{room}`. */
  path: string;
  /** The operation id, which generated clients use as the name of the method. */
  id: string;
  summary: string;
  description?: string;
  /** The capability that the caller needs. */
  needs?: Capability;
  query?: v.ObjectSchema<v.ObjectEntries, undefined>;
  /** Descriptions of request headers, by name. */
  headers?: Readonly<Record<string, string>>;
  /** Schemas of the request body, by media type. */
  body?: Readonly<Record<string, v.GenericSchema>>;
  /** Set where the call does something without a body, too. */
  isBodyOptional?: true;
  /** A body that is valid as it stands and can be sent repeatedly. `/docs` offers it for trying the call. */
  example?: object;
  responses: readonly RouteResponse[];
  /** Error codes of this call, beside those that every call can answer with. */
  problems?: readonly ErrorCode[];
  handle(call: RouteRequest): Response | Promise<Response>;
};
