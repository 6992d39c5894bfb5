import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { token } from "../../support/tokens.ts";
import { bearer, expectNoLeak, join, Observer, SECURED, V1 } from "./helpers.ts";
import { INVALID_FRAMES, UNUSUAL_DATA } from "./unusual-data.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ ...SECURED, AUTH_MODE: "open" });
});
afterAll(() => service.stop());

async function seqOf(room: string): Promise<number> {
  return JSON.parse((await rawRequest(service.url, `/v1/rooms/${room}`, bearer(token()))).text).seq;
}

describe("message data", () => {
  test.each(UNUSUAL_DATA)(
    "[LIM-1] [LIM-7] stores and delivers unusual data unchanged: %s",
    async (_what, data, as = data) => {
      const room = randomUUID();
      const [sender, reader] = [await join(service, room), await join(service, room, { sub: "bob" })];
      sender.send(`{"type":"publish","id":"odd","data":${data}}`);
      for (const socket of [sender, reader]) {
        const frame = await socket.json();
        expect(frame).toMatchObject({
          type: "messages",
          first: 1,
          messages: [{ id: "odd", from: "ada", name: "ada" }],
        });
        const [message] = frame.messages as { data: unknown }[];
        expect(JSON.stringify(message?.data)).toBe(as);
      }
      await service.evict(room);
      const page = await rawRequest(
        service.url,
        `/v1/rooms/${room}/messages`,
        bearer(token({ can: ["read"] })),
      );
      const { messages } = JSON.parse(page.text);
      expect(messages.length).toBe(1);
      expect(JSON.stringify(messages[0].data)).toBe(as);
      // A later session has only the capabilities of its own token, and the id is known as a duplicate.
      sender.send({ type: "publish", id: "odd", data: 1 });
      expect(await sender.json()).toEqual({ type: "ack", id: "odd", seq: 1 });
      const late = await TestSocket.open(service.room(room), [V1, `bearer.${token({ can: ["read"] })}`]);
      expect(await late.json()).toMatchObject({ type: "welcome", can: ["read"], seq: 1 });
      for (const { ws } of [sender, reader, late]) ws.terminate();
    },
  );

  test.each(INVALID_FRAMES)(
    "[LIM-1] [LIM-7] refuses an invalid frame, and the room goes on: %s",
    async (_what, frame, code, id) => {
      const room = randomUUID();
      const observer = await Observer.in(service, room);
      const sender = await join(service, room);
      sender.send(frame);
      const error = await sender.json();
      expect(error).toMatchObject({ type: "error", code });
      expect(error.id).toBe(id);
      expectNoLeak(`${error.message}`);
      await observer.expectIntact();
      expect(await sender.json()).toMatchObject({ type: "messages", first: 1 });
      expect(await seqOf(room)).toBe(1);
      for (const { ws } of [sender, observer]) ws.terminate();
    },
  );

  test("[ONCE-1] [LIM-7] deduplicates ids of lone surrogates, also after hibernation", async () => {
    const room = randomUUID();
    const socket = await join(service, room);
    const ids = ["\ud800", "\udc00", "\udc00\ud800", "\ufffd", "__proto__", "constructor", "\u0000"];
    for (const [i, id] of ids.entries()) {
      socket.send({ type: "publish", id, data: i });
      expect(await socket.json()).toMatchObject({ first: i + 1, messages: [{ id }] });
    }
    await service.evict(room);
    for (const [i, id] of ids.entries()) {
      socket.send({ type: "publish", id, data: "again" });
      expect(await socket.json()).toEqual({ type: "ack", id, seq: i + 1 });
    }
    socket.ws.terminate();
  });

  test("[LIM-1] delivers lone surrogates in a member's name unchanged", async () => {
    const room = randomUUID();
    const odd = { sub: "ada", name: "\udc00b __proto__" };
    const socket = await TestSocket.open(service.room(room), [V1, `bearer.${token(odd)}`]);
    expect(await socket.json()).toMatchObject({ type: "welcome", member: odd.sub, name: odd.name });
    socket.send({ type: "publish", id: "x", data: 1 });
    expect(await socket.json()).toMatchObject({ messages: [{ from: odd.sub, name: odd.name }] });
    socket.ws.terminate();
  });
});
