import { describe, expect, test } from "vitest";
import { admissionRequest } from "../../src/rpc/admission.ts";
import { customRoomRequest } from "../../src/rpc/custom-request.ts";
import { problemOf } from "../http/call.ts";
import { admission } from "../room/inside.ts";
import { deployment, ORIGIN, ownEnv } from "./deployment.ts";

const grant = { member: "boss", name: "Boss", can: ["admin" as const], guest: false };

/** The headers by which a Worker tells a room who a client is, as anybody can copy them from the sources. */
const FORGED: [what: string, headers: Headers][] = [
  ["an admission", admissionRequest(admission({ grant })).headers],
  [
    "a caller",
    customRoomRequest(new Request(ORIGIN), { room: "room", member: "boss", rateKey: "boss", grant }).headers,
  ],
  ["nothing", new Headers({ upgrade: "websocket", "sec-websocket-protocol": "dormouse.v1" })],
];

describe("a client's request that somebody forwards to a room's object as it is", () => {
  test.each(FORGED)("[ACC-21] is refused with the header of %s", async (_what, headers) => {
    const { room } = deployment();
    for (const address of ["https://my.app/anything", "https://room/", `${ORIGIN}/v1/rooms/x/custom/y`]) {
      // As a request comes from outside: with what the platform says of it.
      const request = new Request(address, { headers, cf: { country: "NL", colo: "AMS" } });
      for (const namespace of [ownEnv.OWN, ownEnv.COMPOSED]) {
        const response = await namespace.getByName(room()).fetch(request);
        expect([response.status, response.webSocket]).toEqual([403, null]);
        expect(await problemOf(response)).toMatchObject({ code: "forbidden" });
      }
    }
  });

  test("[ACC-21] is not believed by the app either", async () => {
    const { call, room } = deployment({ binding: (env) => env.COMPOSED });
    for (const [, headers] of FORGED.slice(0, 2)) {
      headers.delete("upgrade");
      const response = await call(`/v1/rooms/${room()}/custom/me`, { headers });
      expect(await response.json()).toMatchObject({ author: { member: expect.stringMatching(/^guest_/) } });
    }
  });
});

describe("a request that onRequest receives", () => {
  test("[HOOK-30] is the client's, without the marks of the way", async () => {
    const { call, room } = deployment({ binding: (env) => env.COMPOSED });
    const path = `/v1/rooms/${room()}/custom/a%2Fb?c=d`;
    const response = await call(path, {
      method: "PUT",
      headers: { "x-own": "1" },
      body: "hello",
      cf: { country: "NL" },
    });
    const { headers, ...rest } = await response.json<{ headers: Record<string, string> }>();
    expect(rest).toMatchObject({ method: "PUT", url: ORIGIN + path, body: "hello", cf: { country: "NL" } });
    expect(headers).toMatchObject({ "x-own": "1" });
    expect(Object.keys(headers).filter((name) => name.startsWith("dormouse"))).toEqual([]);
    expect(rest).not.toHaveProperty("cf.dormouse");
  });
});
