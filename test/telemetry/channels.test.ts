import { env } from "cloudflare:workers";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, test, vi } from "vitest";
import { EVENT_NAMES } from "../../src/telemetry/events.ts";
import { call } from "../http/call.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { waitFor } from "../support/wait-for.ts";

type Heard = { channel: string; room?: string; [field: string]: unknown };

const unsubscribers: (() => void)[] = [];
afterEach(() => {
  for (const end of unsubscribers.splice(0)) end();
  vi.restoreAllMocks();
});

function hear(channel: string, listener: (message: unknown) => void): void {
  subscribe(channel, listener);
  unsubscribers.push(() => unsubscribe(channel, listener));
}

/** Hears all events about a room. */
function listenTo(room: string): Heard[] {
  const heard: Heard[] = [];
  for (const name of EVENT_NAMES) {
    const channel = `dormouse:${name}`;
    hear(channel, (message) => {
      const event = message as { room?: string };
      if (event.room === room) heard.push({ channel, ...event });
    });
  }
  return heard;
}

describe("the diagnostics channels", () => {
  test("[OPER-1] tell of a join, a publish, a refused frame and a leave, without content", async () => {
    const room = freshRoom();
    const heard = listenTo(room);
    const client = await join(room, "?name=Secret%20Name");
    const member = client.welcome.member;
    client.publish("a", "secret content");
    await client.message();
    client.send({ type: "publish", id: "b" });
    await client.frame("error");
    client.socket.close(1000);
    await waitFor(() => expect(heard.map(({ channel }) => channel)).toContain("dormouse:leave"));
    expect(heard).toEqual([
      { channel: "dormouse:join", room, member, isGuest: true, isPlain: false },
      { channel: "dormouse:publish", room, messages: 1, bytes: expect.any(Number), seq: 1 },
      { channel: "dormouse:refusal", room, member, code: "invalid_event", source: "frame" },
      { channel: "dormouse:leave", room, member, reason: "left" },
    ]);
    expect(JSON.stringify(heard)).not.toMatch(/secret/i);
  });

  test("[OPER-1] tell of a refused request and of a close", async () => {
    const room = freshRoom();
    const heard = listenTo(room);
    const client = await join(room);
    const member = client.welcome.member;
    await call(`/v1/rooms/${room}`, { headers: { authorization: "Bearer short" } });
    await env.ROOMS.getByName(room).kick(member);
    await client.frame("bye");
    expect(heard).toContainEqual({
      channel: "dormouse:refusal",
      room,
      code: "invalid_token",
      source: "http",
    });
    const close = { channel: "dormouse:close", room, member, code: "kicked", status: 4001 };
    expect(heard).toContainEqual(close);
  });

  test("[OPER-1] a subscriber that throws stops nothing", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    hear("dormouse:publish", () => {
      throw new Error("of a subscriber");
    });
    const client = await join(freshRoom());
    client.publish("a", 1);
    expect(await client.message()).toMatchObject({ seq: 1 });
  });
});
