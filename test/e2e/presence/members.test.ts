import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";

/** So long that a hundred are back well within it on a busy machine. */
const GRACE_MS = 8000;
const PATIENCE_MS = 20_000;
/** More than all windows. */
const SOON_MS = 1000;
/** Three heartbeats of a second, several times over, and a pause that is no silence. */
const SPEECH = { ms: 9000, pauseMs: 600 } as const;

let service: Service;
/** Its heartbeat is a second. */
let restless: Service;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: `${GRACE_MS}` });
  restless = await startService({ HEARTBEAT_SECONDS: "1" });
});
afterAll(async () => {
  await service.stop();
  await restless.stop();
});

/** A member, and what it was told of the others. */
class Present {
  readonly socket: TestSocket;
  readonly key: string;
  readonly welcome: Record<string, unknown>;

  private constructor(socket: TestSocket, key: string, welcome: Record<string, unknown>) {
    this.socket = socket;
    this.key = key;
    this.welcome = welcome;
  }

  static async enter(room: string, key = randomBytes(16).toString("base64url")): Promise<Present> {
    const socket = await TestSocket.open(service.room(room), ["dormouse.v1", `bearer.${key}`]);
    return new Present(socket, key, await socket.until("welcome"));
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

  async goodbye(): Promise<void> {
    this.socket.ws.close(1000);
    await this.socket.closed();
  }
}

function crowd(room: string, many: number): Promise<Present[]> {
  return Promise.all(Array.from({ length: many }, () => Present.enter(room)));
}

test("[PRES-2] the list keeps a hundred who drop at once and are back within the grace", async () => {
  const room = randomUUID();
  const witness = await Present.enter(room);
  const others = await crowd(room, 100);
  await eventually(() => witness.count === 101, PATIENCE_MS);
  for (const { socket } of others) socket.ws.terminate();
  const back = await Promise.all(others.map(({ key }) => Present.enter(room, key)));
  await sleep(SOON_MS);
  expect(witness.left.length).toBe(0);
  for (const { socket } of [witness, ...back]) socket.ws.terminate();
});

describe.concurrent("the list of members", () => {
  test("[PRES-1] does not hold again who left long ago when the room wakes", async () => {
    const room = randomUUID();
    const [ada, bob] = [await Present.enter(room), await Present.enter(room)];
    bob.socket.ws.terminate();
    await eventually(() => ada.left.includes(bob.member), PATIENCE_MS);
    await service.evict(room);
    const cid = await Present.enter(room);
    expect(cid.welcome).toMatchObject({
      members: [{ member: ada.member }, { member: cid.member }],
      count: 2,
    });
    expect(ada.left).toEqual([bob.member]);
    for (const { socket } of [ada, cid]) socket.ws.terminate();
  });

  test("[PRES-2] loses at once who reloads and then says goodbye", async () => {
    const room = randomUUID();
    const [ada, bob] = [await Present.enter(room), await Present.enter(room)];
    bob.socket.ws.close(1001);
    await bob.socket.closed();
    const back = await Present.enter(room, bob.key);
    await back.goodbye();
    await eventually(() => ada.left.includes(bob.member), GRACE_MS / 2);
    ada.socket.ws.terminate();
  });

  test("[PRES-3] keeps who speaks and does not ping, also where the room sleeps in between", async () => {
    const room = randomUUID();
    const speaker = await TestSocket.open(restless.room(room), "dormouse.v1");
    await speaker.until("welcome");
    const end = Date.now() + SPEECH.ms;
    for (let i = 0; Date.now() < end; i++) {
      speaker.send({ type: "publish", id: `m${i}`, data: i });
      expect(await speaker.json()).toMatchObject({ type: "messages" });
      await restless.evict(room);
      await sleep(SPEECH.pauseMs);
    }
    speaker.ws.terminate();
  });

  test.each(["terminate", "close"] as const)(
    "[PRES-1] loses all whose sockets %s while the room sleeps",
    async (how) => {
      const room = randomUUID();
      const ada = await Present.enter(room);
      const others = await crowd(room, 20);
      await eventually(() => ada.count === 21, PATIENCE_MS);
      await service.evict(room);
      for (const { socket } of others) socket.ws[how]();
      await eventually(() => ada.count === 1, PATIENCE_MS);
      expect(ada.left.sort()).toEqual(others.map(({ member }) => member).sort());
      ada.socket.ws.terminate();
    },
  );
});
