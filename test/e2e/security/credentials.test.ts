import { describe, expect, test } from "vitest";
import { type RawRequest, rawRequest } from "../../support/raw-request.ts";
import { startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { ALL, SECRET, token } from "../../support/tokens.ts";
import { INVALID_TOKENS, OTHER_ROOM_TOKENS, POWERLESS_TOKENS } from "./bad-tokens.ts";
import { expectNoEffect, LOBBY, open, services, tokenMode, unusedRoom, useBothModes } from "./both-modes.ts";
import { bearer, CREDENTIAL_PLACES, codeOf, expectCleanLogs, requestCode, V1 } from "./helpers.ts";

useBothModes();

/** Sends a credential in every place a request can hold one: in open mode to an existing room, else to an unused one. */
function expectRefusedEverywhere(credential: string, code: string): Promise<void> {
  return expectNoEffect(async () => {
    const tries = services().flatMap((service) => {
      const room = service === open ? LOBBY : unusedRoom();
      return CREDENTIAL_PLACES.map((place) => ({ service, room, place }));
    });
    const answers = await Promise.all(
      tries.map(async ({ service, room, place: [where, path, sent] }) => {
        return [
          where,
          codeOf(await rawRequest(service.url, path(room, credential), sent(credential)), credential),
        ];
      }),
    );
    expect(answers).toEqual(tries.map(({ place: [where] }) => [where, code]));
  });
}

describe("tokens", () => {
  test.each(INVALID_TOKENS)(
    "[ACC-4] [ACC-5] refuses an invalid token in every place of a request: %s",
    async (_what, bad) => {
      await expectRefusedEverywhere(bad, "invalid_token");
    },
  );

  test.each([...OTHER_ROOM_TOKENS(LOBBY), ...POWERLESS_TOKENS])(
    "[ACC-4] refuses an insufficient token in every place of a request: %s",
    async (_what, bad) => {
      await expectRefusedEverywhere(bad, "forbidden");
    },
  );

  test("[ACC-4] accepts a valid token in every place of a request", async () => {
    const good = token();
    for (const [where, path, sent] of CREDENTIAL_PLACES) {
      const { status } = await rawRequest(tokenMode.url, path(LOBBY, good), sent(good));
      expect([where, status]).toEqual([where, where.endsWith("call") ? 200 : 101]);
    }
  });
});

describe("AUTH_MODE=token without a token", () => {
  const NONE: [what: string, sent: RawRequest, query?: string][] = [
    ["no credential", {}],
    ["a guest key", bearer("k".repeat(22))],
    ["a guest key in the address", {}, `?token=${"k".repeat(22)}`],
    ["an empty credential", {}, "?token="],
    ["the secret itself", bearer(SECRET.replaceAll(" ", "-"))],
    ["another scheme", { headers: { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` } }],
    ["a token without a scheme", { headers: { authorization: token() } }],
    ["two tokens", { headers: { authorization: `Bearer ${token()} ${token()}` } }],
    [
      "a token in a cookie",
      { headers: { cookie: `token=${token()}; bearer=${token()}; session=${token()}` } },
    ],
    ["Authorization in a cookie", { headers: { cookie: `authorization=Bearer ${token()}` } }],
    [
      "a token in unrelated headers",
      { headers: { "x-auth-token": token(), "x-access-token": token(), token: token() } },
    ],
    ["a token in another query parameter", {}, `?access_token=${token()}&Token=${token()}&jwt=${token()}`],
    ["a token in the name", {}, `?name=bearer.${token()}`],
    [
      "proxy headers",
      {
        headers: {
          "x-forwarded-user": "admin",
          "x-remote-user": "admin",
          "cf-access-jwt-assertion": token(),
        },
      },
    ],
    ["the service's own header", { headers: { "dormouse-auth-admission": admission() } }],
    [
      "the service's own header, unencoded",
      { headers: { "dormouse-auth-admission": decodeURIComponent(admission()) } },
    ],
  ];

  test.each(NONE)(
    "[ACC-1] [ACC-4] refuses a request without a token: %s",
    async (_what, sent, query = "") => {
      await expectNoEffect(async () => {
        for (const room of [LOBBY, unusedRoom()]) {
          const upgrade = { ...sent, upgrade: true };
          expect(await requestCode(tokenMode, `/v1/rooms/${room}${query}`, upgrade)).toBe("invalid_token");
          expect(await requestCode(tokenMode, `/v1/rooms/${room}${query}`, sent)).toBe("invalid_token");
          expect(await requestCode(tokenMode, `/v1/rooms/${room}/messages${query}`, sent)).toBe(
            "invalid_token",
          );
          const kick = { ...sent, method: "DELETE" };
          expect(await requestCode(tokenMode, `/v1/rooms/${room}/members/ada${query}`, kick)).toBe(
            "invalid_token",
          );
        }
      });
    },
  );
});

describe("AUTH_MODE=token without AUTH_SECRET and AUTH_JWKS_URL", () => {
  test("[LIM-4] [ACC-4] refuses every request when no key is set, and names the missing settings", async () => {
    const misconfigured = await startService({ AUTH_MODE: "token" });
    try {
      for (const path of [
        "/v1/rooms/a",
        "/v1/rooms/a/messages",
        "/v1/rooms/%00",
        `/v1/rooms/a?token=${token()}`,
      ]) {
        for (const sent of [{}, { upgrade: true }, bearer(token()), { upgrade: true, ...bearer(token()) }]) {
          expect(await requestCode(misconfigured, path, sent)).toBe("misconfigured");
        }
      }
      const { status, detail } = await (await fetch(`${misconfigured.url}/v1/rooms/a`)).json();
      expect([status, detail]).toEqual([
        500,
        expect.stringMatching(/AUTH_MODE is "token".*AUTH_SECRET.*AUTH_JWKS_URL/),
      ]);
      expect(await misconfigured.objects()).toEqual([]);
      expect((await fetch(`${misconfigured.url}/healthz`)).status).toBe(200);
    } finally {
      await misconfigured.stop();
    }
  });
});

/** An admission header as the Worker writes it, with every capability. */
function admission(): string {
  const grant = { member: "root", name: "root", can: ALL, guest: false };
  return encodeURIComponent(
    JSON.stringify({ grant, room: LOBBY, debtor: "root", mode: "v1", history: 1000 }),
  );
}

describe("forged headers", () => {
  const FORGED: [what: string, headers: Record<string, string>][] = [
    ["the admission", { "dormouse-auth-admission": admission() }],
    ["the admission in another case", { "Dormouse-Admission": admission() }],
    [
      "the client address",
      { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" },
    ],
    [
      "the client address in Cloudflare's headers",
      { "cf-connecting-ip": "observer", "cf-connecting-ipv6": "::1" },
    ],
    [
      "the target",
      {
        "x-forwarded-host": "admin.example",
        "x-original-url": "/v1/rooms/other",
        "x-rewrite-url": "/healthz",
      },
    ],
    ["another method", { "x-http-method-override": "DELETE", "x-method-override": "DELETE" }],
    ["cookies", { cookie: `token=${token({ sub: "root", can: ALL })}` }],
  ];

  test.each(FORGED)("[ACC-1] [ACC-4] gives no rights for a forged header: %s", async (_what, headers) => {
    const reader = [V1, `bearer.${token({ can: ["read"] })}`];
    const socket = await TestSocket.open(tokenMode.room(LOBBY), reader, headers);
    expect(await socket.json()).toMatchObject({
      type: "welcome",
      member: "ada",
      name: "ada",
      can: ["read"],
    });
    socket.send({ type: "publish", id: "forged", data: 1 });
    expect(await socket.json()).toMatchObject({ type: "error", code: "forbidden", id: "forged" });
    const guest = await TestSocket.open(open.room(LOBBY), [V1, `bearer.${"k".repeat(22)}`], headers);
    const welcome = await guest.json();
    expect(welcome).toMatchObject({
      member: expect.stringMatching(/^guest_/),
      can: expect.not.arrayContaining(["admin"]),
    });
    const kick = { method: "DELETE", headers };
    expect(await requestCode(open, `/v1/rooms/${LOBBY}/members/observer`, kick)).toBe("forbidden");
    const info = await rawRequest(tokenMode.url, `/v1/rooms/${LOBBY}`, {
      headers: { ...headers, ...bearer(token()).headers },
    });
    expect(JSON.parse(info.text)).toMatchObject({ epoch: expect.any(String), seq: expect.any(Number) });
    for (const { ws } of [socket, guest]) ws.terminate();
    await expectNoEffect(async () => {});
  });
});

describe("several credentials in one request", () => {
  const of = (sub: string) => token({ sub });
  const bad = token({ sub: "mallory" }, { secret: "another" });
  const ORDER: [
    what: string,
    offered: string | undefined,
    header: string | undefined,
    query: string | undefined,
    got: string,
  ][] = [
    ["the subprotocol is used first", of("first"), of("second"), of("third"), "first"],
    ["Authorization is used before ?token=", undefined, of("second"), of("third"), "second"],
    ["?token= is used last", undefined, undefined, of("third"), "third"],
    ["a valid subprotocol is used, whatever the others hold", of("first"), bad, bad, "first"],
    ["a valid Authorization is used, whatever ?token= holds", undefined, of("second"), bad, "second"],
    [
      "an invalid subprotocol is refused, whatever the others hold",
      bad,
      of("second"),
      of("third"),
      "invalid_token",
    ],
    [
      "an empty subprotocol is refused, whatever the others hold",
      "",
      of("second"),
      of("third"),
      "invalid_token",
    ],
    [
      "an invalid Authorization is refused, whatever ?token= holds",
      undefined,
      bad,
      of("third"),
      "invalid_token",
    ],
    [
      "a guest key in the subprotocol is used before a token",
      "k".repeat(22),
      of("second"),
      of("third"),
      "invalid_token",
    ],
  ];

  test.each(ORDER)(
    "[ACC-4] takes one of several credentials: %s",
    async (_what, offered, header, query, got) => {
      const path = `${LOBBY}${query === undefined ? "" : `?token=${query}`}`;
      const protocols = offered === undefined ? V1 : `${V1}, bearer.${offered}`;
      const headers = {
        "sec-websocket-protocol": protocols,
        ...(header === undefined ? {} : bearer(header).headers),
      };
      if (got === "invalid_token") {
        await expectNoEffect(async () => {
          expect(await requestCode(tokenMode, `/v1/rooms/${path}`, { upgrade: true, headers })).toBe(got);
        });
        return;
      }
      const offer = offered === undefined ? [V1] : [V1, `bearer.${offered}`];
      const given = header === undefined ? {} : bearer(header).headers;
      const socket = await TestSocket.open(
        `${tokenMode.url.replace("http", "ws")}/v1/rooms/${path}`,
        offer,
        given,
      );
      expect(await socket.json()).toMatchObject({ type: "welcome", member: got });
      socket.ws.terminate();
    },
  );
});

test("[ACC-1] the logs hold no error for a refused request, and no secret", () => {
  for (const service of services()) expectCleanLogs(service);
});
