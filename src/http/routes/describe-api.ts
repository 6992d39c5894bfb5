import * as v from "valibot";
import { openApiOf } from "../openapi.ts";
import { clientHas } from "../request/etags.ts";
import { JSON_TYPE } from "../response-headers.ts";
import type { Route } from "../route.ts";

/**
 * The call that returns the OpenAPI description, which is made on the first request.
 * @param routes every call of the API, this one included
 */
export function describeApi(routes: () => readonly Route[]): Route {
  let made: Promise<{ text: string; etag: string }> | undefined;
  return {
    method: "GET",
    path: "/v1/openapi.json",
    id: "describeApi",
    summary: "Get this description",
    headers: { "If-None-Match": "The `ETag` of the version that you have." },
    responses: [
      {
        status: 200,
        description: "The API in OpenAPI 3.1",
        content: { "application/json": v.looseObject({ openapi: v.string() }) },
        headers: { ETag: "The version of the description" },
      },
      { status: 304, description: "You have the current version" },
    ],
    async handle({ request }) {
      made ??= describe(routes());
      const { text, etag } = await made;
      const headers = { "cache-control": "public, max-age=300", etag };
      if (clientHas(request, etag)) return new Response(null, { status: 304, headers });
      return new Response(text, { headers: { ...headers, ...JSON_TYPE } });
    },
  };
}

async function describe(routes: readonly Route[]): Promise<{ text: string; etag: string }> {
  const text = JSON.stringify(openApiOf(routes));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const etag = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { text, etag: `"${etag}"` };
}
