import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALL, token } from "../../support/forge.ts";
import { rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { admin, DOOR, FRAMES, QUERIES, upgrade } from "./boundaries.ts";
import { answerOf, codeAt, codeOf, expectQuietLog, GUARDED, join, V1, Witness } from "./helpers.ts";

const MESSAGE_BYTES = 1000;
const NAME_CHARS = 10;

let service: Service;
beforeAll(async () => {
  const small = { MESSAGE_BYTES: `${MESSAGE_BYTES}`, NAME_CHARS: `${NAME_CHARS}` };
  service = await startService({ ...GUARDED, AUTH_MODE: "open", ...small });
});
afterAll(() => service.stop());

describe("at the door: below a limit, at it, above it", () => {
  test.each(DOOR)("[LIM-7] %s", async (_what, sizes, at) => {
    for (const [size, expected] of sizes) {
      const before = await service.objects();
      const [path, sent] = at(size);
      expect([size, await codeAt(service, `/v1/rooms/${randomUUID()}${path}`, sent)]).toEqual([
        size,
        expected,
      ]);
      const isIn = expected === "let in" || expected === "answered";
      expect((await service.objects()).length).toBe(before.length + (isIn ? 1 : 0));
    }
  });

  test.each(QUERIES)("[LIM-7] [ACC-1] %s", async (_what, path, sent, code) => {
    const before = await service.objects();
    expect(await codeAt(service, `/v1/rooms/${randomUUID()}${path}`, sent)).toBe(code);
    expect(await service.objects()).toEqual(before);
  });

  test.each([
    ["a cursor of another log", "0000000000000000.1"],
    ["a cursor that is long", "x".repeat(9000)],
    ["a cursor of control characters", "%00%0a%0d.%0a"],
    ["a cursor beyond 2^53", "0000000000000000.9999999999999999"],
    ["a cursor of SQL", "'%20OR%201=1;--.1"],
  ])("[RES-3] %s is refused in the welcome", async (_what, cursor) => {
    const socket = await TestSocket.open(`${service.room(randomUUID())}?cursor=${cursor}`, V1);
    expect(await socket.json()).toMatchObject({ type: "welcome", resumed: false, reason: "epoch", seq: 0 });
    socket.ws.terminate();
  });
});

describe("in the room: below a limit, at it, above it", () => {
  test.each(FRAMES)("[LIM-2] [LIM-7] %s", async (_what, sizes, frame) => {
    for (const [size, code] of sizes) {
      const room = randomUUID();
      const witness = await Witness.in(service, room);
      const socket = await join(service, room);
      socket.send(frame(size));
      if (code !== "nothing") {
        const arrived = await socket.next();
        expect([size, answerOf(arrived).what]).toEqual([size, code]);
      }
      if (code !== "messages" && code !== "bytes") await witness.speaks();
      for (const { ws } of [socket, witness]) ws.terminate();
    }
  });

  test.each([
    [999, undefined],
    [1000, undefined],
    [1001, 1009],
  ])("[LIM-2] a plain socket's text of %i bytes", async (size, code) => {
    const room = randomUUID();
    const plain = await TestSocket.open(service.room(room));
    plain.send("x".repeat(size));
    if (code === undefined) expect(await plain.next()).toEqual({ text: "x".repeat(size) });
    else expect((await plain.closed()).closed).toBe(code);
    plain.ws.terminate();
    // The room has what passed, and takes what comes next.
    const next = await join(service, room);
    next.send({ type: "publish", id: "x", data: 1 });
    expect(await next.json()).toMatchObject({ type: "messages", first: code === undefined ? 2 : 1 });
    next.ws.terminate();
  });

  const MALFORMED = 20;

  test.each([
    ["text that is not JSON", "{", "bad_json"],
    ["nothing", "", "bad_json"],
  ])("[LIM-6] twenty frames in a row of %s close the socket; nineteen do not", async (_what, bad, code) => {
    const room = randomUUID();
    const witness = await Witness.in(service, room);
    const socket = await join(service, room);
    const send = async (count: number) => {
      for (let i = 0; i < count; i++) socket.send(bad);
      for (let i = 0; i < count; i++) expect(await socket.json()).toMatchObject({ type: "error", code });
    };
    await send(MALFORMED - 1);
    socket.send({ type: "history", id: "good" });
    expect((await socket.json()).type).toBe("history");
    await send(MALFORMED - 1);
    await witness.speaks();
    expect((await socket.json()).type).toBe("messages");
    await send(1);
    expect(await socket.json()).toMatchObject({ type: "bye", code: "malformed", retry: "never" });
    expect(await socket.closed()).toMatchObject({ closed: 1007, reason: expect.stringMatching(/JSON/) });
    await witness.speaks();
    witness.ws.terminate();
  });
});

describe("pages of other origins", () => {
  const FOREIGN = [
    "https://evil.example",
    "null",
    "http://app.example",
    "https://app.example:8443",
    "https://app.example.evil.example",
    "https://evilapp.example",
    "https://sub.app.example",
    "https://app.example@evil.example",
    "https://evil.example/https://app.example",
    "https://app.example, https://evil.example",
    "app.example",
    "*",
    "file://",
    "https://\u0430pp.example",
  ];

  test.each(FOREIGN)("[ACC-2] %s may neither connect, call, nor ask whether it may", async (origin) => {
    const before = await service.objects();
    const from = { origin: Buffer.from(origin).toString("latin1"), "x-forwarded-host": "evil.example" };
    const room = `/v1/rooms/${randomUUID()}`;
    const sent = { ...admin.headers, ...from };
    for (const request of [upgrade(sent), { upgrade: true, headers: sent }, { headers: sent }]) {
      const answer = await rawRequest(service.url, room, request);
      expect(codeOf(answer)).toBe("origin_refused");
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect(await codeAt(service, `${room}/messages`, { headers: sent })).toBe("origin_refused");
    expect(await codeAt(service, `${room}/members/x?ban=9`, { method: "DELETE", headers: sent })).toBe(
      "origin_refused",
    );
    const preflight = {
      ...from,
      "access-control-request-method": "DELETE",
      "access-control-request-headers": "authorization",
    };
    const asked = await rawRequest(service.url, `${room}/members/x`, {
      method: "OPTIONS",
      headers: preflight,
    });
    for (const header of ["origin", "credentials"])
      expect(asked.headers[`access-control-allow-${header}`]).toBeUndefined();
    expect(await service.objects()).toEqual(before);
  });

  const SITES = ["cross-site", "same-site"];
  /** Routes that a page can reach by a GET in the mode no-cors, or by a link, and one that answers nobody. */
  const ROUTES = ["", "/events", "/events?history=5", "/messages", "/members", "/nothing"];

  test.each(SITES)(
    "[ACC-11] %s without an origin may neither join, nor read, nor post, by any route",
    async (site) => {
      const before = await service.objects();
      for (const credential of [{}, admin.headers]) {
        const headers = { ...credential, "sec-fetch-site": site, "sec-fetch-mode": "no-cors" };
        const room = `/v1/rooms/${randomUUID()}`;
        for (const route of ROUTES) {
          const answer = await rawRequest(service.url, room + route, { headers });
          expect([route, codeOf(answer)]).toEqual([route, "origin_refused"]);
        }
        for (const method of ["POST", "HEAD", "DELETE", "OPTIONS"]) {
          const { status } = await rawRequest(service.url, `${room}/messages`, { method, headers });
          expect([method, status]).toEqual([method, 403]);
        }
        expect(codeOf(await rawRequest(service.url, room, { upgrade: true, headers }))).toBe(
          "origin_refused",
        );
        for (const path of ["/v1/messages", "/v1/openapi.json", "/v1/rooms"])
          expect(codeOf(await rawRequest(service.url, path, { method: "POST", headers }))).toBe(
            "origin_refused",
          );
      }
      expect(await service.objects()).toEqual(before);
    },
  );

  test.each(["same-origin", "none", "", "unheard-of"])(
    "[ACC-11] a request whose Sec-Fetch-Site is %j is let in",
    async (site) => {
      const headers = { ...admin.headers, "sec-fetch-site": site };
      const { status } = await rawRequest(service.url, `/v1/rooms/${randomUUID()}`, { headers });
      expect(status).toBe(200);
    },
  );

  test("[ACC-11] an allowed origin is let in from another site", async () => {
    const headers = { ...admin.headers, origin: "https://app.example", "sec-fetch-site": "cross-site" };
    const { status } = await rawRequest(service.url, `/v1/rooms/${randomUUID()}`, { headers });
    expect(status).toBe(200);
  });

  test("[ACC-2] one that is allowed may ask and call, and reads also what was refused, but never with cookies", async () => {
    const before = await service.objects();
    const from = { origin: "https://app.example", cookie: `token=${token({ can: ALL })}` };
    const room = `/v1/rooms/${randomUUID()}`;
    const ask = {
      ...from,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    };
    const asked = await rawRequest(service.url, room, { method: "OPTIONS", headers: ask });
    const refused = await rawRequest(service.url, `${room}/members/x`, { method: "DELETE", headers: from });
    expect(codeOf(refused)).toBe("forbidden");
    expect(await service.objects()).toEqual(before);
    const called = await rawRequest(service.url, room, { headers: from });
    for (const { headers } of [asked, refused, called]) {
      expect(headers["access-control-allow-origin"]).toBe("https://app.example");
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
      expect(headers.vary).toMatch(/origin/i);
    }
  });
});

test("[ACC-1] nothing of all this is in the log of the runtime", () => {
  expectQuietLog(service);
});
