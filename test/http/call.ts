import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import * as v from "valibot";
import { expect } from "vitest";
import { capabilitySchema } from "../../src/protocol/down.ts";
import { ERROR_CODES, ERRORS } from "../../src/protocol/errors.ts";
import type { Problem } from "../../src/protocol/problem.ts";
import type { RoomStub } from "../../src/rpc/room-calls.ts";
import worker from "../../src/worker.ts";

export const ORIGIN = "https://dormouse.test";

export type Sent = { method?: string; headers?: Record<string, string>; body?: BodyInit };

/** Sends a request to the service with the settings of the test runner. */
export function call(path: string, sent: Sent = {}): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, sent);
}

/** Sends a request to a service with other settings or bindings. */
export async function callWith(settings: object, path: string, sent: Sent = {}): Promise<Response> {
  const request = new Request(`${ORIGIN}${path}`, sent);
  return worker.fetch(request, { ...env, ...settings }, createExecutionContext());
}

/** Sends a request to a service with other settings or bindings, and notes the names of the rooms that it contacts. */
export async function callNoting(
  path: string,
  sent: Sent = {},
  settings: object = {},
): Promise<{ response: Response; contacted: string[] }> {
  const contacted: string[] = [];
  const ROOMS = {
    getByName(name: string): RoomStub {
      const stub = (): RoomStub => {
        contacted.push(name);
        return env.ROOMS.getByName(name);
      };
      return {
        fetch: (request) => stub().fetch(request),
        dormouseCall: (...args) => stub().dormouseCall(...args),
      };
    },
  };
  return { response: await callWith({ ROOMS, ...settings }, path, sent), contacted };
}

/** A POST of JSON. `key` is its Idempotency-Key. */
export function posted(json: unknown, key?: string, headers: Record<string, string> = {}): Sent {
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...headers,
    },
    body: JSON.stringify(json),
  };
}

export const UPGRADE = { upgrade: "websocket", "sec-websocket-protocol": "dormouse.v1" };

const problemSchema = v.strictObject({
  type: v.literal("about:blank"),
  title: v.pipe(v.string(), v.nonEmpty()),
  status: v.number(),
  code: v.picklist(ERROR_CODES),
  detail: v.pipe(v.string(), v.nonEmpty()),
  retryAfter: v.exactOptional(v.number()),
  needs: v.exactOptional(capabilitySchema),
});

/** Checks the status, headers and body of an error response, and returns its problem. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const problem = v.parse(problemSchema, await response.json());
  expect(problem.status).toBe(response.status);
  expect(ERRORS[problem.code].status).toBe(response.status);
  return problem;
}
