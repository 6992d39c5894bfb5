import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { TestSocket } from "../../support/socket.ts";
import { ALL, token } from "../../support/tokens.ts";
import { expectNoEffect, LOBBY, services, tokenMode, useBothModes } from "./both-modes.ts";
import { bearer, requestCode, V1 } from "./helpers.ts";
import { DISTINCT_NAMES, EQUIVALENT_NAMES, INVALID_NAMES, NOT_ROOM_PATHS } from "./room-names.ts";

useBothModes();

describe("room names", () => {
  const admin = bearer(token({ can: ALL }));

  const refusedAs = (code: string, segment: string) =>
    expectNoEffect(async () => {
      for (const service of services()) {
        const path = `/v1/rooms/${segment}`;
        expect(await requestCode(service, path, admin)).toBe(code);
        expect(await requestCode(service, path, { ...admin, upgrade: true })).toBe(code);
        expect(await requestCode(service, path)).toBe(code);
      }
    });

  test.each(INVALID_NAMES)("[LIM-3] refuses an invalid room name: %s", async (_what, segment) => {
    await refusedAs("invalid_room", segment);
    const path = `/v1/rooms/${segment}/messages`;
    expect(await requestCode(tokenMode, path, admin)).toBe("invalid_room");
  });

  test.each(NOT_ROOM_PATHS)(
    "[LIM-3] answers not_found for a path without a room name: %s",
    async (_what, segment) => {
      await refusedAs("not_found", segment);
    },
  );

  test.each(DISTINCT_NAMES)(
    "[LIM-3] gives a room of its own to an unusual name: %s",
    async (_what, segment, name) => {
      const before = await tokenMode.objects();
      const id = randomUUID();
      const url = `${tokenMode.url.replace("http", "ws")}/v1/rooms/${segment}`;
      const socket = await TestSocket.open(url, [V1, `bearer.${token({ rooms: [name] })}`]);
      await socket.until("welcome");
      socket.send({ type: "publish", id, data: name });
      expect(await socket.json()).toMatchObject({
        type: "messages",
        first: 1,
        messages: [{ id, data: name }],
      });
      socket.ws.terminate();
      expect((await tokenMode.objects()).length).toBe(before.length + 1);
      expect(
        await requestCode(tokenMode, `/v1/rooms/${LOBBY}`, bearer(token({ rooms: [name.replace("*", "")] }))),
      ).toBe("forbidden");
      expect(await requestCode(tokenMode, `/v1/rooms/${segment}`, bearer(token({ rooms: [LOBBY] })))).toBe(
        "forbidden",
      );
      await expectNoEffect(async () => {});
    },
  );

  test.each(EQUIVALENT_NAMES)(
    "[LIM-3] gives one room to two spellings of a name: %s",
    async (_what, one, other) => {
      const rooms = [decodeURIComponent(one)];
      const url = `${tokenMode.url.replace("http", "ws")}/v1/rooms/`;
      const first = await TestSocket.open(url + one, [V1, `bearer.${token({ rooms })}`]);
      await first.until("welcome");
      const second = await TestSocket.open(url + other, [V1, `bearer.${token({ rooms, sub: "bob" })}`]);
      await second.until("welcome");
      second.send({ type: "publish", id: "x", data: 1 });
      expect(await first.json()).toMatchObject({ type: "messages", first: 1, messages: [{ from: "bob" }] });
      for (const { ws } of [first, second]) ws.terminate();
    },
  );
});
