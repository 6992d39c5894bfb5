import { describe, expect, test } from "vitest";
import { upgradeOfferOf } from "../../src/http/request/upgrade-offer.ts";

type Sent = { protocol?: string; authorization?: string; token?: string };

function requestOf({ protocol, authorization, token }: Sent): [Request, URL] {
  const url = new URL("https://dormouse.test/v1/rooms/a");
  if (token !== undefined) url.searchParams.set("token", token);
  const headers = new Headers();
  if (protocol !== undefined) headers.set("sec-websocket-protocol", protocol);
  if (authorization !== undefined) headers.set("authorization", authorization);
  return [new Request(url, { headers }), url];
}

const offered = (sent: Sent) => upgradeOfferOf(...requestOf(sent));

describe("the credential of an upgrade", () => {
  const all = { protocol: "dormouse.v1, bearer.first", authorization: "Bearer second", token: "third" };

  test("is that of the subprotocol, before any other", () => {
    expect(offered(all)).toEqual({ mode: "v1", credential: "first" });
  });

  test("else that of Authorization", () => {
    expect(offered({ ...all, protocol: "dormouse.v1" })).toEqual({ mode: "v1", credential: "second" });
  });

  test("else that of the address", () => {
    expect(offered({ protocol: "dormouse.v1", token: "third" })).toEqual({ mode: "v1", credential: "third" });
  });

  test("else there is none", () => {
    expect(offered({ protocol: "dormouse.v1" })).toEqual({ mode: "v1", credential: undefined });
  });

  test("may be offered before the subprotocol, and without a space", () => {
    expect(offered({ protocol: "bearer.first,dormouse.v1" })).toEqual({ mode: "v1", credential: "first" });
  });

  test("may hold dots, as a JWT does", () => {
    expect(offered({ protocol: "dormouse.v1, bearer.a.b-c.d_e" }).credential).toBe("a.b-c.d_e");
  });

  test("works for plain sockets too, where the subprotocol cannot carry it", () => {
    expect(offered({ authorization: "Bearer second" })).toEqual({ mode: "plain", credential: "second" });
    expect(offered({ token: "third" })).toEqual({ mode: "plain", credential: "third" });
  });
});

describe("the subprotocol", () => {
  test("decides how a socket speaks", () => {
    expect(offered({}).mode).toBe("plain");
    expect(offered({ protocol: "chat, dormouse.v1" }).mode).toBe("v1");
  });

  test.each([["chat"], ["dormouse.v2"], ["DORMOUSE.V1"], ["bearer.first"], ["dormouse.v1.x"], [""]])(
    "%j is none that this server speaks",
    (protocol) => {
      expect(() => offered({ protocol })).toThrow(expect.objectContaining({ code: "unknown_subprotocol" }));
    },
  );
});
