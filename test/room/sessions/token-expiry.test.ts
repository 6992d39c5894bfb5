import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { inSeconds, sign } from "../../auth/tokens.ts";
import { waitFor } from "../../support/wait-for.ts";
import { inside } from "../inside.ts";
import { freshRoom, join, RoomClient, upgrade } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const MINUTE_MS = 60_000;
const stub = (room: string) => env.ROOMS.getByName(room);

/** Lets the time in the runtime be another. */
function at(ms: number): void {
  vi.spyOn(Date, "now").mockReturnValue(ms);
}

test("[ACC-6] a session is told a minute before its token ends, and closed with 4002 when it does, also from sleep", async () => {
  const room = freshRoom();
  // Sooner than a sweep would be, which is three heartbeats away.
  const exp = inSeconds(80);
  const ada = await join(room, "", await sign({ exp }));
  const guest = await join(room);
  expect(await inside(room, ({ state }) => state.storage.getAlarm())).toBe(exp * 1000 - MINUTE_MS);

  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  at(exp * 1000 - MINUTE_MS);
  expect(await runDurableObjectAlarm(stub(room))).toBe(true);
  expect(await ada.frame("error")).toMatchObject({ code: "token_expiring" });
  expect(await inside(room, ({ state }) => state.storage.getAlarm())).toBe(exp * 1000);

  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  at(exp * 1000);
  expect(await runDurableObjectAlarm(stub(room))).toBe(true);
  expect(await ada.frame("bye")).toMatchObject({ code: "token_ended", retry: "now" });
  expect(await ada.closed()).toMatchObject({ closed: 4002 });
  expect(await inside(room, ({ state }) => state.storage.getAlarm())).toBeGreaterThan(exp * 1000);
  await guest.expectQuiet();
});

test("[ACC-6] an event after the end is not taken in, however late the alarm is", async () => {
  const room = freshRoom();
  const exp = inSeconds(600);
  const witness = await join(room);
  const ada = await join(room, "", await sign({ exp }));
  const plain = await RoomClient.plain(room, `?token=${await sign({ exp })}`);
  at(exp * 1000);
  ada.publish("late", 1);
  plain.send("late");
  expect(await ada.frame("bye")).toMatchObject({ code: "token_ended" });
  expect(await ada.closed()).toMatchObject({ closed: 4002 });
  expect(await plain.closed()).toMatchObject({ closed: 4002 });
  await witness.expectQuiet();
});

test("[ACC-6] a fresh token of the same member keeps the session, with what the fresh one grants", async () => {
  const room = freshRoom();
  const exp = inSeconds(600);
  const ada = await join(room, "", await sign({ exp: inSeconds(30) }));
  ada.send({ type: "auth", token: await sign({ exp, can: ["read"], name: "Ada" }) });
  await waitFor(async () =>
    expect(
      await inside(room, ({ state }) => state.getWebSockets()[0]?.deserializeAttachment().grant),
    ).toMatchObject({
      until: exp * 1000,
      name: "Ada",
    }),
  );
  at(Date.now() + 120_000);
  ada.publish("a", 1);
  expect(await ada.frame("error")).toMatchObject({ code: "forbidden", id: "a" });
});

test("[ACC-6] a token that is bad, another member's, or for another room does not renew, and the session goes on", async () => {
  const room = freshRoom();
  const ada = await join(room, "", await sign());
  const guest = await join(room);
  const refusals: [typeof ada, string, string][] = [
    [ada, "not a token", "invalid_token"],
    [ada, await sign({}, "a secret that is not the one of the tests"), "invalid_token"],
    [ada, await sign({ exp: inSeconds(-1) }), "invalid_token"],
    [ada, await sign({ sub: "bob" }), "forbidden"],
    [ada, await sign({ rooms: ["elsewhere"] }), "forbidden"],
    [guest, await sign({ sub: "bob" }), "forbidden"],
    [guest, await sign({ sub: guest.welcome.member }), "invalid_token"],
  ];
  for (const [client, token, code] of refusals) {
    client.send({ type: "auth", token });
    expect(await client.frame("error")).toMatchObject({ code });
  }
  ada.publish("a", 1);
  expect(await ada.message()).toMatchObject({ id: "a" });
});

test("[ACC-6] a fresh token that takes reading away, or gives it, asks for a new session", async () => {
  const room = freshRoom();
  const ada = await join(room, "", await sign());
  ada.send({ type: "auth", token: await sign({ can: ["publish"] }) });
  expect(await ada.frame("bye")).toMatchObject({ code: "token_ended", retry: "now" });
  expect(await ada.closed()).toMatchObject({ closed: 4002 });
});

test("[ACC-4] each capability that a token lacks is refused where it is needed", async () => {
  const room = freshRoom();
  const writer = await join(room, "?history=5", await sign({ sub: "writer", can: ["publish"] }));
  const reader = await join(room, "", await sign({ sub: "reader", can: ["read"] }));
  writer.publish("w", 1);
  // A member that may not read learns that its message landed, and nothing of what others say.
  expect(await writer.frame("ack")).toEqual({ type: "ack", id: "w", seq: 1 });
  expect(await reader.message()).toMatchObject({ id: "w", from: "writer" });
  writer.send({ type: "history", id: "h" });
  expect(await writer.frame("error")).toMatchObject({ code: "forbidden", id: "h" });
  reader.publish("r", 1);
  expect(await reader.frame("error")).toMatchObject({ code: "forbidden", id: "r" });
  reader.publishBytes("r", new Uint8Array(1));
  expect(await reader.frame("error")).toMatchObject({ code: "forbidden", id: "r" });

  const plainWriter = await RoomClient.plain(room, `?token=${await sign({ can: ["publish"] })}&history=5`);
  plainWriter.send("hello");
  expect(await reader.message()).toMatchObject({ data: "hello" });
  const plainReader = await RoomClient.plain(room, `?token=${await sign({ can: ["read"] })}`);
  plainReader.send("hello");
  expect(await plainReader.closed()).toMatchObject({
    closed: 4003,
    reason: expect.stringMatching(/publish/),
  });
  expect((await upgrade(room, `?token=${await sign({ can: [] })}`)).status).toBe(403);
});
