import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { admissionRequest } from "../../src/rpc/admission.ts";
import { unwrap } from "../../src/rpc/outcome.ts";
import { sign } from "../auth/tokens.ts";
import { admission, callsOf, inside, roomWith } from "../room/inside.ts";
import { presenceOf } from "../room/parts.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { waitFor } from "../support/wait-for.ts";
import { call, posted, problemOf, type Sent } from "./call.ts";

afterEach(() => void vi.restoreAllMocks());

const READS: [string, string, Sent][] = [
  ["GET of the room", "", {}],
  ["HEAD of the room", "", { method: "HEAD" }],
  ["GET of a page", "/messages", {}],
  ["GET of a page with If-None-Match: *", "/messages", { headers: { "if-none-match": "*" } }],
  ["HEAD of a page", "/messages", { method: "HEAD" }],
  ["GET of the members", "/members", {}],
  ["HEAD of events", "/events", { method: "HEAD" }],
];

const as = (token: string, sent: Sent = {}): Sent => ({
  ...sent,
  headers: { ...sent.headers, authorization: `Bearer ${token}` },
});

/** The tables and the alarm of a room on disk. */
const stored = (room: string) =>
  inside(room, async ({ state, sql }) => ({
    tables: sql.exec("SELECT name FROM sqlite_master").toArray(),
    alarm: await state.storage.getAlarm(),
  }));
const NOTHING = { tables: [], alarm: null };

describe("the rate limit of reads", () => {
  test.each(READS)("[LIM-25] counts %s: beyond READ_BURST it is refused", async (_what, path, sent) => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const token = await sign({ sub: crypto.randomUUID(), can: ["read", "presence"] });
    const url = `/v1/rooms/${freshRoom()}${path}`;
    const answers = await Promise.all(
      Array.from({ length: env.READ_BURST + 1 }, () => call(url, as(token, sent))),
    );
    expect(answers.filter(({ status }) => status < 400).length).toBe(env.READ_BURST);
    const refused = answers.find(({ status }) => status >= 400);
    expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([429, "1"]);
    if (refused !== undefined && sent.method !== "HEAD")
      expect((await problemOf(refused)).code).toBe("rate_limited");
    const other = await call(url, as(await sign({ sub: "other", can: ["read", "presence"] }), sent));
    expect(other.status).toBeLessThan(400);
  });

  test("[LIM-25] counts all reads of a member together, a page by its size, and none of a token with admin", async () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const room = freshRoom();
    const admin = await sign({ sub: "root", can: ["read", "publish", "admin"] });
    const data = "x".repeat(200_000);
    for (let i = 0; i < 6; i++) await call(`/v1/rooms/${room}/messages`, as(admin, posted({ data })));
    const token = await sign({ sub: "ada" });
    const page = () => call(`/v1/rooms/${room}/messages`, as(token));
    // 5 messages of 200 kB cost 15 tokens, and the read itself costs one.
    let pages = 0;
    while (pages < env.READ_BURST && (await page()).status === 200) pages++;
    expect(pages).toBe(Math.ceil(env.READ_BURST / 16));
    expect((await call(`/v1/rooms/${room}`, as(token))).status).toBe(429);
    for (let i = 0; i < 2 * pages; i++)
      expect((await call(`/v1/rooms/${room}/messages`, as(admin))).status).toBe(200);
  });

  test("[LIM-25] answers 304 without reading a message, and a page without parsing one", async () => {
    const room = freshRoom();
    const messages = Array.from({ length: 20 }, (_, i) => ({ data: { i } }));
    await call(`/v1/rooms/${room}/messages`, posted({ messages }));
    await inside(room, async ({ room: instance, sql }) => {
      const exec = vi.spyOn(sql, "exec");
      const parse = vi.spyOn(JSON, "parse");
      const asked = { member: "ada", limit: 10, isHead: false };
      const known = await callsOf(instance).call("messages", { ...asked, tags: ["*"] });
      expect(known).toMatchObject({ value: { first: 11, last: 20, more: true, isKnown: true } });
      expect(known).not.toHaveProperty("value.messages");
      expect(
        exec.mock.calls.filter(([query]) => /\bbody\b/.test(query.replaceAll("octet_length(body)", ""))),
      ).toEqual([]);
      expect(await callsOf(instance).call("messages", { ...asked, tags: [] })).toMatchObject({
        value: { messages: expect.stringMatching(/^\[\{"seq":11,.*\{"i":19\}\}\]$/) },
      });
      expect(parse).not.toHaveBeenCalled();
    });
  });
});

describe("a room without messages", () => {
  test.each(READS)("[API-20] stores nothing on %s", async (_what, path, sent) => {
    const room = freshRoom();
    const answer = await call(`/v1/rooms/${room}${path}`, sent);
    expect([200, 304]).toContain(answer.status);
    expect(await stored(room)).toEqual(NOTHING);
  });

  test("[API-20] answers as usual and stores nothing, with a webhook either", async () => {
    const room = freshRoom();
    const info = await call(`/v1/rooms/${room}`);
    expect(await info.json()).toEqual({
      epoch: expect.stringMatching(/^[0-9a-f]{16}$/),
      seq: 0,
      floor: 0,
      count: 0,
    });
    await inside(room, ({ state }) => {
      const webhook = { WEBHOOK_URL: "http://127.0.0.1:1/", WEBHOOK_SECRET: "0123456789abcdef" };
      const instance = roomWith(state, webhook);
      expect(instance.calls.readInfo({ member: "ada" })).toMatchObject({ value: { seq: 0 } });
      instance.calls.messages({ member: "ada", limit: 1, tags: [], isHead: false });
      instance.calls.members({ member: "ada" });
    });
    expect(await stored(room)).toEqual(NOTHING);
  });

  test("[API-20] stores nothing on an erase", async () => {
    const room = freshRoom();
    await inside(room, ({ state }) => {
      const webhook = { WEBHOOK_URL: "http://127.0.0.1:1/", WEBHOOK_SECRET: "0123456789abcdef" };
      const instance = roomWith(state, webhook);
      const before = instance.info();
      expect(instance.calls.erase().epoch).not.toBe(before.epoch);
    });
    expect(await stored(room)).toEqual(NOTHING);
  });
});

describe("GET /v1/rooms/{room}/members", () => {
  test("[API-22] leaves the presence events of other members as they are", async () => {
    const room = freshRoom();
    const ada = await join(room, "?name=Ada");
    await ada.presenceChanges(1);
    await inside(room, async ({ room: instance }) => {
      const enter = (member: string) => {
        const grant = { member, name: member, can: ["read" as const, "presence" as const], guest: true };
        // A plain socket does not receive the member list.
        instance.fetch(admissionRequest(admission({ grant, mode: "plain" })));
      };
      const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
      // The first join is announced at once. Later changes wait for the window, and bob has left before it ends.
      enter("first");
      enter("bob");
      expect(JSON.parse(unwrap(await callsOf(instance).call("members", { member: "asker" })))).toMatchObject({
        count: 3,
        members: [{ name: "Ada" }, { name: "first" }, { name: "bob" }],
      });
      instance.kick("bob");
      clock.mockRestore();
    });
    const last = await join(room, "?name=Last");
    await waitFor(() => expect(JSON.stringify(ada.presence)).toContain('"Last"'));
    expect(JSON.stringify(ada.presence)).toContain('"first"');
    expect(JSON.stringify(ada.presence)).not.toContain("bob");
    await last.expectQuiet();
  });

  test("[API-22] returns null in place of a list that is too long", async () => {
    await inside(freshRoom(), ({ state }) => {
      const { connections, presence } = presenceOf(state, 1);
      for (const member of ["ada", "bob"]) {
        const grant = { member, name: member, can: ["presence" as const], guest: true };
        presence.onJoin(connections.accept(new WebSocketPair()[1], admission({ grant })));
      }
      expect([presence.snapshot(), presence.count]).toEqual([null, 2]);
    });
  });
});
