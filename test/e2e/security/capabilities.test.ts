import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALL, token } from "../../support/forge.ts";
import { binaryMessage } from "../../support/invalid-frames.ts";
import { type RawRequest, rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { INVALID } from "./bad-tokens.ts";
import { answerOf, bearer, codeAt, expectClean, GUARDED, join, V1, Witness } from "./helpers.ts";
import { BAD_DATA, ODD_DATA } from "./unusual-data.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ ...GUARDED, AUTH_MODE: "open" });
});
afterAll(() => service.stop());

async function seqOf(room: string): Promise<number> {
  return JSON.parse((await rawRequest(service.url, `/v1/rooms/${room}`, bearer(token()))).text).seq;
}

const without = (capability: string) => ALL.filter((other) => other !== capability);

describe("each capability missing in turn", () => {
  const EVENTS: [what: string, needs: string, frame: string | object, otherwise: string][] = [
    ["publish", "publish", { type: "publish", id: "x", data: 1 }, "messages"],
    ["publish of bytes", "publish", binaryMessage("x", Buffer.from("bytes")), "bytes"],
    ["history", "read", { type: "history", id: "x" }, "history"],
  ];

  test.each(EVENTS)("[ACC-4] %s needs %s, and nothing else", async (_what, needs, frame, otherwise) => {
    for (const missing of ALL) {
      const room = randomUUID();
      const witness = await Witness.in(service, room);
      const socket = await join(service, room, { can: without(missing) });
      socket.send(frame);
      const arrived = await socket.next();
      const answer = answerOf(arrived);
      // Who may not read is told of its own message by an ack.
      const done = needs === "publish" && missing === "read" ? "ack" : otherwise;
      expect([missing, answer.what]).toEqual([missing, missing === needs ? "forbidden" : done]);
      if (missing === needs) {
        expect(answer.id).toBe("x");
        await witness.speaks();
      }
      for (const { ws } of [socket, witness]) ws.terminate();
    }
  });

  test.each(["signal", "presence"])("[ACC-4] %s needs its own, and nothing else", async (type) => {
    for (const missing of ALL) {
      const socket = await join(service, randomUUID(), { can: without(missing) });
      socket.send({ type, data: 1, state: 1 });
      socket.send({ type: "the next thing" });
      const answers: string[] = [];
      while (answers.at(-1) !== "bad_event") {
        const { type: answered, code } = await socket.json();
        answers.push(answered === "error" ? String(code) : answered);
      }
      expect([missing, answers.includes("forbidden")]).toEqual([missing, missing === type]);
      socket.ws.terminate();
    }
  });

  test("[ACC-4] a plain socket that may not publish is closed with 4003; one that may not read hears nothing", async () => {
    const room = randomUUID();
    const witness = await Witness.in(service, room);
    const mute = await TestSocket.open(
      service.room(room),
      undefined,
      bearer(token({ can: without("publish") })).headers,
    );
    mute.send("hello");
    expect((await mute.closed()).closed).toBe(4003);
    await witness.speaks();
    const deaf = await TestSocket.open(
      service.room(room, "?history=9"),
      undefined,
      bearer(token({ can: without("read") })).headers,
    );
    await witness.speaks();
    deaf.ws.close(1000);
    expect((await deaf.closed()).closed).toBe(1000);
    expect(deaf.seen.filter((arrived) => !("closed" in arrived))).toEqual([]);
    witness.ws.terminate();
  });

  test("[ACC-4] who may not read is sent no history and no replay, whatever it asks for", async () => {
    const room = randomUUID();
    const witness = await Witness.in(service, room);
    await witness.speaks();
    const { epoch } = JSON.parse((await rawRequest(service.url, `/v1/rooms/${room}`, bearer(token()))).text);
    for (const query of ["?history=10", `?cursor=${epoch}.0`, `?cursor=${epoch}.0&history=10`]) {
      const deaf = await join(service, room, { can: without("read") }, query);
      await witness.speaks();
      deaf.send({ type: "history", id: "h" });
      expect(await deaf.json()).toMatchObject({ type: "error", code: "forbidden", id: "h" });
      deaf.ws.terminate();
    }
    witness.ws.terminate();
  });

  const CALLS: [what: string, needs: string, path: string, sent: RawRequest, otherwise: string][] = [
    ["room info", "read", "", {}, "answered"],
    ["history", "read", "/messages", {}, "answered"],
    ["a kick", "admin", "/members/nobody", { method: "DELETE" }, "not_found"],
    ["a ban", "admin", "/members/nobody?ban=60", { method: "DELETE" }, "answered"],
  ];

  test.each(CALLS)("[ACC-4] %s needs %s, and nothing else", async (_what, needs, path, sent, otherwise) => {
    for (const missing of ALL) {
      const room = randomUUID();
      const before = await service.objects();
      const { headers } = bearer(token({ can: without(missing) }));
      const code = await codeAt(service, `/v1/rooms/${room}${path}`, { ...sent, headers });
      expect([missing, code]).toEqual([missing, missing === needs ? "forbidden" : otherwise]);
      if (code === "forbidden") expect(await service.objects()).toEqual(before);
      const guest = { ...sent, ...bearer("k".repeat(22)) };
      const asGuest = await codeAt(service, `/v1/rooms/${room}${path}`, guest);
      expect(asGuest).toBe(needs === "admin" ? "forbidden" : otherwise);
    }
  });
});

describe("a fresh token on an open socket", () => {
  test("[ACC-4] [ACC-6] that is none is refused, and the session keeps what it had", async () => {
    const room = randomUUID();
    const witness = await Witness.in(service, room);
    const socket = await join(service, room, { can: ["read"] });
    for (const [what, bad] of INVALID) {
      socket.send({ type: "auth", token: bad });
      const error = await socket.json();
      expect([what, error.type, error.code]).toEqual([what, "error", "invalid_token"]);
      expectClean(`${error.message}`, bad);
    }
    socket.send({ type: "publish", id: "x", data: 1 });
    expect(await socket.json()).toMatchObject({ type: "error", code: "forbidden", id: "x" });
    await witness.speaks();
  });

  test.each([
    ["of another member", token({ sub: "bob", can: ALL })],
    ["of another room", token({ rooms: ["theirs"], can: ALL })],
  ])("[ACC-4] [ACC-6] %s: forbidden", async (_what, other) => {
    const room = randomUUID();
    const witness = await Witness.in(service, room);
    const socket = await join(service, room, { can: ["read"] });
    const guest = await TestSocket.open(service.room(room), [V1, `bearer.${"k".repeat(22)}`]);
    await guest.until("welcome");
    for (const each of [socket, guest]) {
      each.send({ type: "auth", token: other });
      expect(await each.json()).toMatchObject({ type: "error", code: "forbidden" });
    }
    await witness.speaks();
  });
});

describe("data", () => {
  test.each(ODD_DATA)(
    "[LIM-1] [LIM-7] with %s is stored and delivered as data",
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
      // A session that is made after it has what its own token gives, and its id is known.
      sender.send({ type: "publish", id: "odd", data: 1 });
      expect(await sender.json()).toEqual({ type: "ack", id: "odd", seq: 1 });
      const late = await TestSocket.open(service.room(room), [V1, `bearer.${token({ can: ["read"] })}`]);
      expect(await late.json()).toMatchObject({ type: "welcome", can: ["read"], seq: 1 });
      for (const { ws } of [sender, reader, late]) ws.terminate();
    },
  );

  test.each(BAD_DATA)("[LIM-1] [LIM-7] %s is refused", async (_what, frame, code, id) => {
    const room = randomUUID();
    const witness = await Witness.in(service, room);
    const sender = await join(service, room);
    sender.send(frame);
    const error = await sender.json();
    expect(error).toMatchObject({ type: "error", code });
    expect(error.id).toBe(id);
    expectClean(`${error.message}`);
    await witness.speaks();
    expect(await sender.json()).toMatchObject({ type: "messages", first: 1 });
    expect(await seqOf(room)).toBe(1);
    for (const { ws } of [sender, witness]) ws.terminate();
  });

  test("[ONCE-1] [LIM-7] ids of half surrogate pairs are ids like others, also after a wake", async () => {
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

  test("[LIM-1] half surrogate pairs in a member's name go round as they are", async () => {
    const room = randomUUID();
    const odd = { sub: "ada", name: "\udc00b __proto__" };
    const socket = await TestSocket.open(service.room(room), [V1, `bearer.${token(odd)}`]);
    expect(await socket.json()).toMatchObject({ type: "welcome", member: odd.sub, name: odd.name });
    socket.send({ type: "publish", id: "x", data: 1 });
    expect(await socket.json()).toMatchObject({ messages: [{ from: odd.sub, name: odd.name }] });
    socket.ws.terminate();
  });
});
