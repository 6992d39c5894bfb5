import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../../support/network.ts";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";

/** Several times three heartbeats and the interval of the idle reaper. */
const REAPED_MS = 12_000;
/** More often than the heartbeat. */
const PING_MS = 400;

let service: Service;
beforeAll(async () => {
  service = await startService({ HEARTBEAT_SECONDS: "1" });
});
afterAll(() => service.stop());

/** A member, and the leaves that it received. */
class Member {
  readonly socket: TestSocket;
  readonly member: string;
  #pings: ReturnType<typeof setInterval> | undefined;

  private constructor(socket: TestSocket, member: string) {
    this.socket = socket;
    this.member = member;
  }

  static async join(address: string): Promise<Member> {
    const socket = await TestSocket.open(address, "dormouse.v1");
    return new Member(socket, String((await socket.until("welcome")).member));
  }

  get left(): string[] {
    return this.socket.presence.flatMap(({ left }) => left);
  }

  ping(): this {
    this.#pings = setInterval(() => this.socket.send("ping"), PING_MS);
    return this;
  }

  end(): void {
    clearInterval(this.#pings);
    this.socket.ws.terminate();
  }
}

async function joinThrough(network: Network, room: string): Promise<Member> {
  const address = new URL(service.room(room));
  address.port = String(network.port);
  return Member.join(address.href);
}

describe.concurrent("a member whose connection dies without a FIN", () => {
  test.each([
    { hibernates: false, room: "a room" },
    { hibernates: true, room: "a hibernating room" },
  ])(
    "[PRES-3] leaves every list of $room; members that ping and plain sockets stay",
    async ({ hibernates }) => {
      const room = randomUUID();
      const network = await Network.start(() => Number(new URL(service.url).port));
      const staying = [await Member.join(service.room(room)), await Member.join(service.room(room))];
      const plain = await TestSocket.open(service.room(room));
      const lost = await joinThrough(network, room);
      for (const each of [...staying, lost]) each.ping();
      try {
        await sleep(1000);
        for (const leg of network.legs) leg.stall();
        if (hibernates) await service.evict(room);
        const since = Date.now();
        await eventually(() => staying.every(({ left }) => left.includes(lost.member)), REAPED_MS);
        const answer = await fetch(service.room(room).replace("ws", "http"));
        expect(await answer.json()).toMatchObject({ count: 3 });

        await sleep(Math.max(0, since + REAPED_MS - Date.now()));
        for (const { left } of staying) expect(left).toEqual([lost.member]);
        // The lost client did not notice, so its leave came from the room.
        expect(lost.socket.ws.readyState).toBe(lost.socket.ws.OPEN);
        staying[0]?.socket.send({ type: "publish", id: "still", data: "still here" });
        for (const { socket } of staying) await socket.until("messages");
        expect(await plain.next()).toEqual({ text: "still here" });
      } finally {
        for (const each of [...staying, lost]) each.end();
        plain.ws.terminate();
        await network.stop();
      }
    },
  );
});
