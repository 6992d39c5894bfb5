import { describe, expect, test } from "vitest";
import { freshRoom } from "../room/room-client.ts";
import { call, callNoting, problemOf, type Sent } from "./call.ts";

const typed = (type: string, body: BodyInit, headers: Record<string, string> = {}): Sent => ({
  method: "POST",
  headers: { ...(type === "" ? {} : { "content-type": type }), ...headers },
  body,
});
const bytes = (text: string) => new TextEncoder().encode(text);

const REFUSED: [what: string, status: number, code: string, sent: Sent][] = [
  ["a form, as curl -d sends it", 415, "unsupported_type", typed("application/x-www-form-urlencoded", "a=b")],
  ["plain text", 415, "unsupported_type", typed("text/plain", '{"data":1}')],
  ["no Content-Type", 415, "unsupported_type", typed("", bytes('{"data":1}'))],
  [
    "a compressed body",
    415,
    "unsupported_type",
    typed("application/json", "x", { "content-encoding": "gzip" }),
  ],
  ["no body", 400, "bad_json", { method: "POST", headers: { "content-type": "application/json" } }],
  ["truncated JSON", 400, "bad_json", typed("application/json", '{"data":')],
  ["JSON that is not UTF-8", 400, "bad_json", typed("application/json", new Uint8Array([34, 255, 34]))],
  ["an array", 400, "invalid_event", typed("application/json", "[1]")],
  ["null", 400, "invalid_event", typed("application/json", "null")],
  ["a JSON string", 400, "invalid_event", typed("application/json", '"hello"')],
  ["an object without data", 400, "invalid_event", typed("application/json", "{}")],
  ["an unknown field", 400, "invalid_event", typed("application/json", '{"data":1,"Data":2}')],
];

describe("a request body", () => {
  test.each(REFUSED)(
    "[API-1] is refused before the room is contacted: %s, with %d %s",
    async (_what, status, code, sent) => {
      const { response, contacted } = await callNoting(`/v1/rooms/${freshRoom()}/messages`, sent);
      expect(response.status).toBe(status);
      expect((await problemOf(response)).code).toBe(code);
      expect(contacted).toEqual([]);
    },
  );

  test.each([
    ["in any case", typed("Application/JSON", '{"data":1}')],
    ["with a charset", typed("application/json; charset=utf-8", '{"data":1}')],
    ["with a byte order mark", typed("application/json", '\ufeff{"data":1}')],
  ])("[API-1] is accepted as JSON %s", async (_what, sent) => {
    expect((await call(`/v1/rooms/${freshRoom()}/messages`, sent)).status).toBe(201);
  });

  test("[ACC-2] is accepted from a page of an allowed origin, after a preflight", async () => {
    const path = `/v1/rooms/${freshRoom()}/messages`;
    const asked = await call(path, {
      method: "OPTIONS",
      headers: {
        origin: "https://page.test",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,idempotency-key",
      },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe("*");
    expect(asked.headers.get("access-control-allow-methods")).toContain("DELETE");
    const allowed = asked.headers.get("access-control-allow-headers") ?? "";
    for (const header of ["idempotency-key", "if-none-match", "last-event-id"])
      expect(allowed).toContain(header);
    const sent = typed("application/json", '{"data":1}', { origin: "https://page.test" });
    const answer = await call(path, sent);
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([201, "*"]);
    expect(answer.headers.get("access-control-expose-headers")).toContain("link");
    const stream = await call(path.replace("messages", "events"), {
      headers: { origin: "https://page.test" },
    });
    expect([stream.status, stream.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    await stream.body?.cancel();
  });
});
