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

describe("the credential of upgradeOfferOf", () => {
  const all = { protocol: "dormouse.v1, bearer.first", authorization: "Bearer second", token: "third" };

  test("comes from the subprotocol first", () => {
    expect(offered(all)).toEqual({ mode: "v1", credential: "first" });
  });

  test("comes from Authorization second", () => {
    expect(offered({ ...all, protocol: "dormouse.v1" })).toEqual({ mode: "v1", credential: "second" });
  });

  test("comes from ?token= third", () => {
    expect(offered({ protocol: "dormouse.v1", token: "third" })).toEqual({ mode: "v1", credential: "third" });
  });

  test("is undefined where the request has none", () => {
    expect(offered({ protocol: "dormouse.v1" })).toEqual({ mode: "v1", credential: undefined });
  });

  test("can precede the subprotocol, and needs no space", () => {
    expect(offered({ protocol: "bearer.first,dormouse.v1" })).toEqual({ mode: "v1", credential: "first" });
  });

  test("can contain dots, as a JWT does", () => {
    expect(offered({ protocol: "dormouse.v1, bearer.a.b-c.d_e" }).credential).toBe("a.b-c.d_e");
  });

  test("comes from Authorization or ?token= for plain sockets", () => {
    expect(offered({ authorization: "Bearer second" })).toEqual({ mode: "plain", credential: "second" });
    expect(offered({ token: "third" })).toEqual({ mode: "plain", credential: "third" });
  });
});

describe("the mode of upgradeOfferOf", () => {
  test("follows from the subprotocol", () => {
    expect(offered({}).mode).toBe("plain");
    expect(offered({ protocol: "chat, dormouse.v1" }).mode).toBe("v1");
  });

  test.each([["chat"], ["dormouse.v2"], ["DORMOUSE.V1"], ["bearer.first"], ["dormouse.v1.x"], [""]])(
    "refuses the subprotocol %j",
    (protocol) => {
      expect(() => offered({ protocol })).toThrow(expect.objectContaining({ code: "unknown_subprotocol" }));
    },
  );
});
