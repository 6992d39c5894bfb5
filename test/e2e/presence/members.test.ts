import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";

/** Long enough for a hundred clients to reconnect on a busy machine. */
const GRACE_MS = 8000;
const TIMEOUT_MS = 20_000;
/** Longer than any window in which the room collects presence changes. */
const WINDOWS_MS = 1000;
/** Several times three heartbeats, with pauses shorter than one. */
const ACTIVITY = { ms: 9000, pauseMs: 600 } as const;

let service: Service;
/** A service with a heartbeat of one second. */
let fastHeartbeat: Service;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: `${GRACE_MS}` });
  fastHeartbeat = await startService({ HEARTBEAT_SECONDS: "1" });
});
afterAll(async () => {
  await service.stop();
  await fastHeartbeat.stop();
});

/** A member, and the presence changes that it received. */
class Member {
  readonly socket: TestSocket;
  readonly key: string;
  readonly welcome: Record<string, unknown>;

  private constructor(socket: TestSocket, key: string, welcome: Record<string, unknown>) {
    this.socket = socket;
    this.key = key;
    this.welcome = welcome;
  }

  static async join(room: string, key = randomBytes(16).toString("base64url")): Promise<Member> {
    const socket = await TestSocket.open(service.room(room), ["dormouse.v1", `bearer.${key}`]);
    return new Member(socket, key, await socket.until("welcome"));
  }

  get member(): string {
    return String(this.welcome.member);
  }
  get count(): number | undefined {
    return this.socket.presence.at(-1)?.count;
  }
  get left(): string[] {
    return this.socket.presence.flatMap(({ left }) => left);
  }

  async leave(): Promise<void> {
    this.socket.ws.close(1000);
    await this.socket.closed();
  }
}

function joinMany(room: string, count: number): Promise<Member[]> {
  return Promise.all(Array.from({ length: count }, () => Member.join(room)));
}

test("[PRES-2] the member list keeps a hundred members that drop at once and return within the grace period", async () => {
  const room = randomUUID();
  const observer = await Member.join(room);
  const others = await joinMany(room, 100);
  await eventually(() => observer.count === 101, TIMEOUT_MS);
  for (const { socket } of others) socket.ws.terminate();
  const back = await Promise.all(others.map(({ key }) => Member.join(room, key)));
  await sleep(WINDOWS_MS);
  expect(observer.left.length).toBe(0);
  for (const { socket } of [observer, ...back]) socket.ws.terminate();
});

describe.concurrent("the member list", () => {
  test("[PRES-1] does not bring back a departed member when the room wakes", async () => {
    const room = randomUUID();
    const [ada, bob] = [await Member.join(room), await Member.join(room)];
    bob.socket.ws.terminate();
    await eventually(() => ada.left.includes(bob.member), TIMEOUT_MS);
    await service.evict(room);
    const cid = await Member.join(room);
    expect(cid.welcome).toMatchObject({
      members: [{ member: ada.member }, { member: cid.member }],
      count: 2,
    });
    expect(ada.left).toEqual([bob.member]);
    for (const { socket } of [ada, cid]) socket.ws.terminate();
  });

  test("[PRES-2] drops a member at once when it reloads and then leaves", async () => {
    const room = randomUUID();
    const [ada, bob] = [await Member.join(room), await Member.join(room)];
    bob.socket.ws.close(1001);
    await bob.socket.closed();
    const back = await Member.join(room, bob.key);
    await back.leave();
    await eventually(() => ada.left.includes(bob.member), GRACE_MS / 2);
    ada.socket.ws.terminate();
  });

  test("[PRES-3] keeps a member that publishes without pings, also over hibernation", async () => {
    const room = randomUUID();
    const publisher = await TestSocket.open(fastHeartbeat.room(room), "dormouse.v1");
    await publisher.until("welcome");
    const end = Date.now() + ACTIVITY.ms;
    for (let i = 0; Date.now() < end; i++) {
      publisher.send({ type: "publish", id: `m${i}`, data: i });
      expect(await publisher.json()).toMatchObject({ type: "messages" });
      await fastHeartbeat.evict(room);
      await sleep(ACTIVITY.pauseMs);
    }
    publisher.ws.terminate();
  });

  test.each(["terminate", "close"] as const)(
    "[PRES-1] drops all members whose sockets %s while the room hibernates",
    async (how) => {
      const room = randomUUID();
      const ada = await Member.join(room);
      const others = await joinMany(room, 20);
      await eventually(() => ada.count === 21, TIMEOUT_MS);
      await service.evict(room);
      for (const { socket } of others) socket.ws[how]();
      await eventually(() => ada.count === 1, TIMEOUT_MS);
      expect(ada.left.sort()).toEqual(others.map(({ member }) => member).sort());
      ada.socket.ws.terminate();
    },
  );
});
