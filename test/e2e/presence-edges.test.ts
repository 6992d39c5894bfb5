import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { type Service, startService } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";

const GRACE_MS = 1000;

let service: Service;
beforeAll(async () => {
  service = await startService({ LEAVE_GRACE_MS: `${GRACE_MS}`, HEARTBEAT_SECONDS: "1" });
});
afterAll(() => service.stop());

/** A member who pings as it is asked to, until it is gone. */
class Present {
  readonly socket: TestSocket;
  readonly welcome: Record<string, unknown>;

  private constructor(socket: TestSocket, welcome: Record<string, unknown>) {
    this.socket = socket;
    this.welcome = welcome;
    const pings = setInterval(() => socket.ws.readyState === WebSocket.OPEN && socket.send("ping"), 400);
    socket.ws.on("close", () => clearInterval(pings));
  }

  static async enter(room: string): Promise<Present> {
    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    return new Present(socket, await socket.until("welcome"));
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
}

function crowd(room: string, many: number): Promise<Present[]> {
  return Promise.all(Array.from({ length: many }, () => Present.enter(room)));
}

describe.concurrent("the list of members", () => {
  test.each(["terminate", "close"] as const)(
    "[PRES-1] loses all whose sockets %s while the room sleeps",
    async (how) => {
      const room = randomUUID();
      const ada = await Present.enter(room);
      const others = await crowd(room, 20);
      await eventually(() => ada.count === 21);
      await service.evict(room);
      for (const { socket } of others) socket.ws[how]();
      await eventually(() => ada.count === 1, GRACE_MS * 8);
      expect(ada.left.sort()).toEqual(others.map(({ member }) => member).sort());
      ada.socket.ws.terminate();
    },
  );
});
