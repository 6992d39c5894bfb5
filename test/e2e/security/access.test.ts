import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALL, SECRET, token } from "../../support/forge.ts";
import { type RawRequest, rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { EMPTY, INVALID, NOT_HERE } from "./bad-tokens.ts";
import { bearer, codeAt, codeOf, expectQuietLog, GUARDED, PLACES, V1, Witness } from "./helpers.ts";
import { NO_NAME, NO_ROOM, OWN_ROOM, SAME_ROOM } from "./room-names.ts";

/** What is asked of a room here is refused before the room, or is asked by somebody who may. */
const LOBBY = "hostile-lobby";
/** A room that nobody has ever been in. */
const nobodys = () => `nobodys-${randomUUID()}`;

let byToken: Service;
let open: Service;
let witnesses: Witness[] = [];
const services = () => [byToken, open];

beforeAll(async () => {
  [byToken, open] = await Promise.all([
    startService({ ...GUARDED, AUTH_MODE: "token" }),
    startService({ ...GUARDED, AUTH_MODE: "open" }),
  ]);
  witnesses = await Promise.all(services().map((service) => Witness.in(service, LOBBY)));
});
afterAll(() => Promise.all(services().map((service) => service.stop())));

/** Whatever is done must leave no object behind, nothing in the lobby, and the lobby alive. */
async function leavesNothing(act: () => Promise<void>): Promise<void> {
  const before = await Promise.all(services().map((service) => service.objects()));
  await act();
  expect(await Promise.all(services().map((service) => service.objects()))).toEqual(before);
  await Promise.all(witnesses.map((witness) => witness.speaks()));
}

/** Tries a credential in every place: in open mode on a room that there is, else on one that there is not. */
function refusedEverywhere(credential: string, code: string): Promise<void> {
  return leavesNothing(async () => {
    const tries = services().flatMap((service) => {
      const room = service === open ? LOBBY : nobodys();
      return PLACES.map((place) => ({ service, room, place }));
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

describe("a token", () => {
  test.each(INVALID)("[ACC-4] [ACC-5] %s: invalid_token, wherever it is handed in", async (_what, bad) => {
    await refusedEverywhere(bad, "invalid_token");
  });

  test.each([...NOT_HERE(LOBBY), ...EMPTY])("[ACC-4] %s: forbidden", async (_what, bad) => {
    await refusedEverywhere(bad, "forbidden");
  });

  test("[ACC-4] that is right is let in by each of its places", async () => {
    const good = token();
    for (const [where, path, sent] of PLACES) {
      const { status } = await rawRequest(byToken.url, path(LOBBY, good), sent(good));
      expect([where, status]).toEqual([where, where.endsWith("call") ? 200 : 101]);
    }
  });
});

describe("without a token, where one is needed", () => {
  const NONE: [what: string, sent: RawRequest, query?: string][] = [
    ["nothing", {}],
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
      "a token in headers of others",
      { headers: { "x-auth-token": token(), "x-access-token": token(), token: token() } },
    ],
    ["a token in another query", {}, `?access_token=${token()}&Token=${token()}&jwt=${token()}`],
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

  test.each(NONE)("[ACC-1] [ACC-4] %s: invalid_token", async (_what, sent, query = "") => {
    await leavesNothing(async () => {
      for (const room of [LOBBY, nobodys()]) {
        const upgrade = { ...sent, upgrade: true };
        expect(await codeAt(byToken, `/v1/rooms/${room}${query}`, upgrade)).toBe("invalid_token");
        expect(await codeAt(byToken, `/v1/rooms/${room}${query}`, sent)).toBe("invalid_token");
        expect(await codeAt(byToken, `/v1/rooms/${room}/messages${query}`, sent)).toBe("invalid_token");
        const kick = { ...sent, method: "DELETE" };
        expect(await codeAt(byToken, `/v1/rooms/${room}/members/ada${query}`, kick)).toBe("invalid_token");
      }
    });
  });
});

/** An admission such as the Worker writes it, that gives everything. */
function admission(): string {
  const grant = { member: "root", name: "root", can: ALL, guest: false };
  return encodeURIComponent(
    JSON.stringify({ grant, room: LOBBY, debtor: "root", mode: "v1", history: 1000 }),
  );
}

describe("headers from outside", () => {
  const FORGED: [what: string, headers: Record<string, string>][] = [
    ["the admission", { "dormouse-auth-admission": admission() }],
    ["the admission in another case", { "Dormouse-Admission": admission() }],
    [
      "where it came from",
      { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" },
    ],
    ["the address as Cloudflare tells it", { "cf-connecting-ip": "witness", "cf-connecting-ipv6": "::1" }],
    [
      "where it goes",
      {
        "x-forwarded-host": "admin.example",
        "x-original-url": "/v1/rooms/other",
        "x-rewrite-url": "/healthz",
      },
    ],
    ["another method", { "x-http-method-override": "DELETE", "x-method-override": "DELETE" }],
    ["cookies", { cookie: `token=${token({ sub: "root", can: ALL })}` }],
  ];

  test.each(FORGED)(
    "[ACC-1] [ACC-4] %s: gives nothing to who has a token, nor to a guest",
    async (_what, headers) => {
      const reader = [V1, `bearer.${token({ can: ["read"] })}`];
      const socket = await TestSocket.open(byToken.room(LOBBY), reader, headers);
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
      expect(await codeAt(open, `/v1/rooms/${LOBBY}/members/witness`, kick)).toBe("forbidden");
      const info = await rawRequest(byToken.url, `/v1/rooms/${LOBBY}`, {
        headers: { ...headers, ...bearer(token()).headers },
      });
      expect(JSON.parse(info.text)).toMatchObject({ epoch: expect.any(String), seq: expect.any(Number) });
      for (const { ws } of [socket, guest]) ws.terminate();
      await leavesNothing(async () => {});
    },
  );
});

describe("the order of preference", () => {
  const of = (sub: string) => token({ sub });
  const bad = token({ sub: "mallory" }, { secret: "another" });
  const ORDER: [
    what: string,
    offered: string | undefined,
    header: string | undefined,
    query: string | undefined,
    got: string,
  ][] = [
    ["the subprotocol before the others", of("first"), of("second"), of("third"), "first"],
    ["Authorization before the address", undefined, of("second"), of("third"), "second"],
    ["the address last", undefined, undefined, of("third"), "third"],
    ["a good subprotocol, whatever the others are", of("first"), bad, bad, "first"],
    ["a good Authorization, whatever the address holds", undefined, of("second"), bad, "second"],
    ["a bad subprotocol, whatever the others are", bad, of("second"), of("third"), "invalid_token"],
    ["an empty subprotocol, whatever the others are", "", of("second"), of("third"), "invalid_token"],
    ["a bad Authorization, whatever the address holds", undefined, bad, of("third"), "invalid_token"],
    [
      "a guest key in the subprotocol, before a token",
      "k".repeat(22),
      of("second"),
      of("third"),
      "invalid_token",
    ],
  ];

  test.each(ORDER)("[ACC-4] %s", async (_what, offered, header, query, got) => {
    const path = `${LOBBY}${query === undefined ? "" : `?token=${query}`}`;
    const protocols = offered === undefined ? V1 : `${V1}, bearer.${offered}`;
    const headers = {
      "sec-websocket-protocol": protocols,
      ...(header === undefined ? {} : bearer(header).headers),
    };
    if (got === "invalid_token") {
      await leavesNothing(async () => {
        expect(await codeAt(byToken, `/v1/rooms/${path}`, { upgrade: true, headers })).toBe(got);
      });
      return;
    }
    const offer = offered === undefined ? [V1] : [V1, `bearer.${offered}`];
    const given = header === undefined ? {} : bearer(header).headers;
    const socket = await TestSocket.open(
      `${byToken.url.replace("http", "ws")}/v1/rooms/${path}`,
      offer,
      given,
    );
    expect(await socket.json()).toMatchObject({ type: "welcome", member: got });
    socket.ws.terminate();
  });
});

describe("a room's name", () => {
  const god = bearer(token({ can: ALL }));

  const refusedAs = (code: string, segment: string) =>
    leavesNothing(async () => {
      for (const service of services()) {
        const path = `/v1/rooms/${segment}`;
        expect(await codeAt(service, path, god)).toBe(code);
        expect(await codeAt(service, path, { ...god, upgrade: true })).toBe(code);
        expect(await codeAt(service, path)).toBe(code);
      }
    });

  test.each(NO_NAME)("[LIM-3] with %s is none: invalid_room", async (_what, segment) => {
    await refusedAs("invalid_room", segment);
    const path = `/v1/rooms/${segment}/messages`;
    expect(await codeAt(byToken, path, god)).toBe("invalid_room");
  });

  test.each(NO_ROOM)("[LIM-3] that would be %s: not_found", async (_what, segment) => {
    await refusedAs("not_found", segment);
  });

  test.each(OWN_ROOM)("[LIM-3] with %s is a room of its own", async (_what, segment, name) => {
    const before = await byToken.objects();
    const id = randomUUID();
    const url = `${byToken.url.replace("http", "ws")}/v1/rooms/${segment}`;
    const socket = await TestSocket.open(url, [V1, `bearer.${token({ rooms: [name] })}`]);
    await socket.until("welcome");
    socket.send({ type: "publish", id, data: name });
    expect(await socket.json()).toMatchObject({ type: "messages", first: 1, messages: [{ id, data: name }] });
    socket.ws.terminate();
    expect((await byToken.objects()).length).toBe(before.length + 1);
    expect(
      await codeAt(byToken, `/v1/rooms/${LOBBY}`, bearer(token({ rooms: [name.replace("*", "")] }))),
    ).toBe("forbidden");
    expect(await codeAt(byToken, `/v1/rooms/${segment}`, bearer(token({ rooms: [LOBBY] })))).toBe(
      "forbidden",
    );
    await leavesNothing(async () => {});
  });

  test.each(SAME_ROOM)("[LIM-3] written in two ways is one room: %s", async (_what, one, other) => {
    const rooms = [decodeURIComponent(one)];
    const url = `${byToken.url.replace("http", "ws")}/v1/rooms/`;
    const first = await TestSocket.open(url + one, [V1, `bearer.${token({ rooms })}`]);
    await first.until("welcome");
    const second = await TestSocket.open(url + other, [V1, `bearer.${token({ rooms, sub: "bob" })}`]);
    await second.until("welcome");
    second.send({ type: "publish", id: "x", data: 1 });
    expect(await first.json()).toMatchObject({ type: "messages", first: 1, messages: [{ from: "bob" }] });
    for (const { ws } of [first, second]) ws.terminate();
  });
});

test("[ACC-1] nothing that was refused is in the log of the runtime, nor is a secret", () => {
  for (const service of services()) expectQuietLog(service);
});
