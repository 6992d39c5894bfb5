import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remoteRoom } from "../../../src/backend/index.ts";
import { TestSocket } from "../../support/socket.ts";
import { SECRET } from "../../support/tokens.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { roomAt, tokenWith } from "./rooms.ts";

let service: Workerd;
beforeAll(async () => {
  service = await startWorkerd({ vars: { AUTH_SECRET: SECRET, PUBLISH_RATE: "0" } });
});
afterAll(() => service?.stop());

const join = async (name: string, query = "") => {
  const socket = await TestSocket.open(service.room(name, query), "dormouse.v1");
  await socket.until("welcome");
  return socket;
};

describe("a remote room", () => {
  test("[API-32] publishes JSON and bytes, which sockets and the history have", async () => {
    const room = roomAt(service.url);
    const socket = await join(room.name);
    const first = await room.publish({ text: "one" }, { id: "första" });
    expect(first).toEqual({ id: "första", seq: 1, dup: false, epoch: expect.any(String) });
    expect(await socket.until("messages")).toMatchObject({
      messages: [{ from: "backend", data: { text: "one" } }],
    });
    const bytes = new Uint8Array([0, 1, 255]);
    expect(await room.publish(bytes, { id: ' "b" ' })).toMatchObject({ id: ' "b" ', seq: 2 });
    expect(await room.history()).toEqual({
      epoch: first.epoch,
      messages: [
        {
          seq: 1,
          at: expect.any(Number),
          id: "första",
          from: "backend",
          name: "Backend",
          data: { text: "one" },
        },
        {
          seq: 2,
          at: expect.any(Number),
          id: ' "b" ',
          from: "backend",
          name: "Backend",
          data: undefined,
          bytes,
        },
      ],
      more: false,
    });
    socket.ws.terminate();
  });

  test("[API-32] publishes many messages in their order, and none where the list is empty", async () => {
    const room = roomAt(service.url);
    const sent = [{ data: { text: "a" } }, { data: { text: "b" }, id: "b" }];
    const receipts = await room.publishMany(sent);
    expect(receipts.map(({ id, seq }) => [id, seq])).toEqual([
      [expect.stringMatching(/^[\da-f-]{36}$/), 1],
      ["b", 2],
    ]);
    expect(await room.publishMany([])).toEqual([]);
    expect((await room.info()).seq).toBe(2);
    await expect(room.publishMany([{ data: new Uint8Array(1) }])).rejects.toMatchObject({
      code: "invalid_event",
    });
  });

  test("[API-32] sends signals, lists members, and kicks, bans and unbans them", async () => {
    const room = roomAt(service.url);
    const ada = tokenWith({ sub: "ada/ö", can: ["read", "presence"] });
    const enter = () => join(room.name, `?token=${ada}`);
    const socket = await enter();
    expect(await room.members()).toEqual({
      members: [{ member: "ada/ö", name: "ada/ö", state: null }],
      count: 1,
    });
    expect(await room.info()).toMatchObject({ seq: 0, floor: 0, count: 1 });
    await room.signal({ deploying: true }, { to: ["ada/ö"], key: "deploy" });
    expect(await socket.until("signals")).toMatchObject({
      signals: [{ from: "backend", data: { deploying: true } }],
    });
    await room.kick("ada/ö");
    expect(await socket.until("bye")).toMatchObject({ code: "kicked" });
    await room.kick("ada/ö");
    await room.ban("ada/ö", 60);
    await expect(enter()).rejects.toThrow();
    await room.unban("ada/ö");
    await room.unban("ada/ö");
    (await enter()).ws.terminate();
  });

  test("[API-32] erases a room", async () => {
    const room = roomAt(service.url);
    const { epoch } = await room.publish({ text: "gone" });
    await room.erase();
    const info = await room.info();
    expect(info.seq).toBe(0);
    expect(info.epoch).not.toBe(epoch);
  });

  test("[API-32] reads the history page by page, in both directions", async () => {
    const room = roomAt(service.url);
    await room.publishMany(Array.from({ length: 7 }, (_, i) => ({ data: { text: String(i + 1) } })));
    const seqs = async (query: Parameters<typeof room.messages>[0]) => {
      const found: number[] = [];
      for await (const { seq } of room.messages(query)) found.push(seq);
      return found;
    };
    expect(await seqs({})).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await seqs({ limit: 2 })).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await seqs({ after: 5, limit: 1 })).toEqual([6, 7]);
    expect(await seqs({ before: 5, limit: 3 })).toEqual([4, 3, 2, 1]);
    expect(await seqs({ after: 7 })).toEqual([]);
    await expect(seqs({ after: 1, before: 3 })).rejects.toMatchObject({ code: "invalid_query" });
  });

  test("[API-32] stops reading the history where the room is erased meanwhile", async () => {
    const room = roomAt(service.url);
    await room.publishMany([{ data: { text: "1" } }, { data: { text: "2" } }]);
    const messages = room.messages({ limit: 1 });
    expect((await messages.next()).value).toMatchObject({ seq: 1 });
    await room.erase();
    await room.publishMany([{ data: { text: "3" } }, { data: { text: "4" } }]);
    await expect(messages.next()).rejects.toMatchObject({ code: "epoch_changed" });
  });
});

describe("remoteRoom", () => {
  test("[API-32] passes on the error of a function for the token, and shows no token that a header cannot carry", async () => {
    const why = new Error("no session");
    await expect(roomAt(service.url, { token: () => Promise.reject(why) }).info()).rejects.toBe(why);
    const error = await roomAt(service.url, { token: "se\ncret" })
      .info()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "misconfigured" });
    expect(String(error)).not.toContain("cret\n");
    expect(JSON.stringify(error)).not.toContain("se\\ncret");
  });

  test("[API-32] fails with the code of the service where the token is wrong or may not", async () => {
    const forged = tokenWith({}, { secret: "another secret" });
    await expect(roomAt(service.url, { token: forged }).info()).rejects.toMatchObject({
      code: "invalid_token",
    });
    const reader = tokenWith({ can: ["read"] });
    await expect(roomAt(service.url, { token: reader }).publish({ text: "" })).rejects.toMatchObject({
      code: "forbidden",
      needs: "publish",
    });
  });

  test("[API-32] refuses data that is not JSON, and an id of bytes that a header cannot carry", async () => {
    const room = roomAt(service.url);
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const data of [undefined, 1n, cycle])
      await expect(room.publish(data as never)).rejects.toMatchObject({ code: "invalid_event" });
    await expect(room.publish(new Uint8Array(1), { id: "ö" })).rejects.toMatchObject({
      code: "invalid_event",
    });
    await expect(room.kick("..")).rejects.toMatchObject({ code: "invalid_query" });
  });

  test.each([
    ["an address that is no URL", "rooms.example.com", {}, "misconfigured"],
    ["an address of another scheme", "ftp://rooms.example.com", {}, "misconfigured"],
    ["an address with a user", "https://user:pass@rooms.example.com", {}, "misconfigured"],
    ["no attempts", "https://rooms.example.com", { attempts: 0 }, "misconfigured"],
    ["too long a time", "https://rooms.example.com", { timeoutMs: 1e9 }, "misconfigured"],
    ["a room name with a slash", "https://rooms.example.com", { room: "a/b" }, "invalid_room"],
  ])("[API-32] refuses %s", (_, url, options, code) => {
    expect(() => roomAt(url, options)).toThrow(expect.objectContaining({ name: "DormouseError", code }));
  });

  test.each([undefined, {}, { room: 7 }])(
    "[API-32] says that it needs a room where the options are %j",
    (options) => {
      expect(() => remoteRoom("https://rooms.example.com", options as never)).toThrow(TypeError);
      expect(() => remoteRoom("https://rooms.example.com", options as never)).toThrow("the name of a room");
    },
  );

  test("[API-32] keeps the path of the address, and sends requests by a given fetch", async () => {
    const sent: string[] = [];
    const room = remoteRoom("https://rooms.example.com/realtime/", {
      room: "lobby 7",
      fetch: async (request) => {
        sent.push(`${request.method} ${request.url}`);
        return Response.json({ members: null, count: 5000 });
      },
    });
    expect(await room.members()).toEqual({ members: null, count: 5000 });
    expect(sent).toEqual(["GET https://rooms.example.com/realtime/v1/rooms/lobby%207/members"]);
  });
});
