import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binaryMessage } from "../../support/invalid-frames.ts";
import { type RawRequest, rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { ALL, token } from "../../support/tokens.ts";
import { INVALID_TOKENS } from "./bad-tokens.ts";
import { answerOf, bearer, expectNoLeak, join, Observer, requestCode, SECURED, V1 } from "./helpers.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ ...SECURED, AUTH_MODE: "open" });
});
afterAll(() => service.stop());

const without = (capability: string) => ALL.filter((other) => other !== capability);

describe("capabilities", () => {
  const EVENTS: [what: string, needs: string, frame: string | object, otherwise: string][] = [
    ["publish", "publish", { type: "publish", id: "x", data: 1 }, "messages"],
    ["binary publish", "publish", binaryMessage("x", Buffer.from("bytes")), "bytes"],
    ["history", "read", { type: "history", id: "x" }, "history"],
  ];

  test.each(EVENTS)(
    "[ACC-4] a %s frame needs the capability %s and no other",
    async (_what, needs, frame, otherwise) => {
      for (const missing of ALL) {
        const room = randomUUID();
        const observer = await Observer.in(service, room);
        const socket = await join(service, room, { can: without(missing) });
        socket.send(frame);
        const arrived = await socket.next();
        const answer = answerOf(arrived);
        // A member without `read` gets an ack for its own message.
        const done = needs === "publish" && missing === "read" ? "ack" : otherwise;
        expect([missing, answer.what]).toEqual([missing, missing === needs ? "forbidden" : done]);
        if (missing === needs) {
          expect(answer.id).toBe("x");
          await observer.expectIntact();
        }
        for (const { ws } of [socket, observer]) ws.terminate();
      }
    },
  );

  test.each(["signal", "presence"])(
    "[ACC-4] %s needs the capability of its name and no other",
    async (type) => {
      for (const missing of ALL) {
        const socket = await join(service, randomUUID(), { can: without(missing) });
        socket.send({ type, data: 1, state: 1 });
        socket.send({ type: "unknown" });
        const answers: string[] = [];
        while (answers.at(-1) !== "bad_event") {
          const { type: answered, code } = await socket.json();
          answers.push(answered === "error" ? String(code) : answered);
        }
        expect([missing, answers.includes("forbidden")]).toEqual([missing, missing === type]);
        socket.ws.terminate();
      }
    },
  );

  test("[ACC-4] a plain socket is closed with 4003 when it publishes without publish, and receives nothing without read", async () => {
    const room = randomUUID();
    const observer = await Observer.in(service, room);
    const mute = await TestSocket.open(
      service.room(room),
      undefined,
      bearer(token({ can: without("publish") })).headers,
    );
    mute.send("hello");
    expect((await mute.closed()).closed).toBe(4003);
    await observer.expectIntact();
    const deaf = await TestSocket.open(
      service.room(room, "?history=9"),
      undefined,
      bearer(token({ can: without("read") })).headers,
    );
    await observer.expectIntact();
    deaf.ws.close(1000);
    expect((await deaf.closed()).closed).toBe(1000);
    expect(deaf.seen.filter((arrived) => !("closed" in arrived))).toEqual([]);
    observer.ws.terminate();
  });

  test("[ACC-4] a member without read receives no history and no replay", async () => {
    const room = randomUUID();
    const observer = await Observer.in(service, room);
    await observer.expectIntact();
    const { epoch } = JSON.parse((await rawRequest(service.url, `/v1/rooms/${room}`, bearer(token()))).text);
    for (const query of ["?history=10", `?cursor=${epoch}.0`, `?cursor=${epoch}.0&history=10`]) {
      const deaf = await join(service, room, { can: without("read") }, query);
      await observer.expectIntact();
      deaf.send({ type: "history", id: "h" });
      expect(await deaf.json()).toMatchObject({ type: "error", code: "forbidden", id: "h" });
      deaf.ws.terminate();
    }
    observer.ws.terminate();
  });

  const CALLS: [what: string, needs: string, path: string, sent: RawRequest, otherwise: string][] = [
    ["room info", "read", "", {}, "answered"],
    ["history", "read", "/messages", {}, "answered"],
    ["a kick", "admin", "/members/nobody", { method: "DELETE" }, "not_found"],
    ["a ban", "admin", "/members/nobody?ban=60", { method: "DELETE" }, "answered"],
  ];

  test.each(CALLS)(
    "[ACC-4] the HTTP call for %s needs the capability %s and no other",
    async (_what, needs, path, sent, otherwise) => {
      for (const missing of ALL) {
        const room = randomUUID();
        const before = await service.objects();
        const { headers } = bearer(token({ can: without(missing) }));
        const code = await requestCode(service, `/v1/rooms/${room}${path}`, { ...sent, headers });
        expect([missing, code]).toEqual([missing, missing === needs ? "forbidden" : otherwise]);
        if (code === "forbidden") expect(await service.objects()).toEqual(before);
        const guest = { ...sent, ...bearer("k".repeat(22)) };
        const asGuest = await requestCode(service, `/v1/rooms/${room}${path}`, guest);
        expect(asGuest).toBe(needs === "admin" ? "forbidden" : otherwise);
      }
    },
  );
});

describe("auth frames", () => {
  test("[ACC-4] [ACC-6] refuses an auth frame with an invalid token, and keeps the capabilities of the session", async () => {
    const room = randomUUID();
    const observer = await Observer.in(service, room);
    const socket = await join(service, room, { can: ["read"] });
    for (const [what, bad] of INVALID_TOKENS) {
      socket.send({ type: "auth", token: bad });
      const error = await socket.json();
      expect([what, error.type, error.code]).toEqual([what, "error", "invalid_token"]);
      expectNoLeak(`${error.message}`, bad);
    }
    socket.send({ type: "publish", id: "x", data: 1 });
    expect(await socket.json()).toMatchObject({ type: "error", code: "forbidden", id: "x" });
    await observer.expectIntact();
  });

  test.each([
    ["another member", token({ sub: "bob", can: ALL })],
    ["another room", token({ rooms: ["theirs"], can: ALL })],
  ])("[ACC-4] [ACC-6] refuses an auth frame with a token of %s", async (_what, other) => {
    const room = randomUUID();
    const observer = await Observer.in(service, room);
    const socket = await join(service, room, { can: ["read"] });
    const guest = await TestSocket.open(service.room(room), [V1, `bearer.${"k".repeat(22)}`]);
    await guest.until("welcome");
    for (const each of [socket, guest]) {
      each.send({ type: "auth", token: other });
      expect(await each.json()).toMatchObject({ type: "error", code: "forbidden" });
    }
    await observer.expectIntact();
  });
});
