import * as v from "valibot";
import { describe } from "../openapi.ts";
import { hasTag } from "../request/headers.ts";
import type { Route } from "../route.ts";

/** The call that tells of all calls, itself included. Made when it is first asked for, and then kept. */
export function describeApi(calls: () => readonly Route[]): Route {
  let made: Promise<{ text: string; etag: string }> | undefined;
  return {
    method: "GET",
    path: "/v1/openapi.json",
    id: "describeApi",
    summary: "This description",
    headers: { "If-None-Match": "The `ETag` of the description that you have." },
    answers: [
      {
        status: 200,
        description: "OpenAPI 3.1",
        content: { "application/json": v.looseObject({ openapi: v.string() }) },
        headers: { ETag: "Names just this description" },
      },
      { status: 304, description: "You have it" },
    ],
    async handle({ request }) {
      made ??= make(calls());
      const { text, etag } = await made;
      const headers = { "cache-control": "public, max-age=300", etag };
      if (hasTag(request, etag)) return new Response(null, { status: 304, headers });
      return new Response(text, { headers: { ...headers, "content-type": "application/json" } });
    },
  };
}

async function make(calls: readonly Route[]): Promise<{ text: string; etag: string }> {
  const text = JSON.stringify(describe(calls));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const etag = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { text, etag: `"${etag}"` };
}
