import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../../support/network.ts";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";

/** Three heartbeats of a second, and the pause between two sweeps, several times over. */
const SWEEPS_MS = 12_000;
/** What a client is asked for, and more often. */
const PING_MS = 400;

let service: Service;
beforeAll(async () => {
  service = await startService({ HEARTBEAT_SECONDS: "1" });
});
afterAll(() => service.stop());

/** A member, and whom it was told have left. */
class Present {
  readonly socket: TestSocket;
  readonly member: string;
  #pings: ReturnType<typeof setInterval> | undefined;

  private constructor(socket: TestSocket, member: string) {
    this.socket = socket;
    this.member = member;
  }

  static async enter(address: string): Promise<Present> {
    const socket = await TestSocket.open(address, "dormouse.v1");
    return new Present(socket, String((await socket.until("welcome")).member));
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

async function through(network: Network, room: string): Promise<Present> {
  const address = new URL(service.room(room));
  address.port = String(network.port);
  return Present.enter(address.href);
}

describe.concurrent("a peer whose packets are lost without a FIN", () => {
  test.each([
    { sleeps: false, room: "a room" },
    { sleeps: true, room: "a room that sleeps" },
  ])(
    "[PRES-3] is gone from every list of $room within a sweep; who pings, and who is plain, stays",
    async ({ sleeps }) => {
      const room = randomUUID();
      const network = await Network.start(() => Number(new URL(service.url).port));
      const staying = [await Present.enter(service.room(room)), await Present.enter(service.room(room))];
      const plain = await TestSocket.open(service.room(room));
      const lost = await through(network, room);
      for (const each of [...staying, lost]) each.ping();
      try {
        await sleep(1000);
        for (const leg of network.legs) leg.stall();
        if (sleeps) await service.evict(room);
        const since = Date.now();
        await eventually(() => staying.every(({ left }) => left.includes(lost.member)), SWEEPS_MS);
        const answer = await fetch(service.room(room).replace("ws", "http"));
        expect(await answer.json()).toMatchObject({ count: 3 });

        await sleep(Math.max(0, since + SWEEPS_MS - Date.now()));
        for (const { left } of staying) expect(left).toEqual([lost.member]);
        // It heard nothing, or it would have proved nothing.
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
