import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomCore } from "../../../src/room/room-core.ts";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import type { DirectoryPort, RoomReport } from "../../../src/rpc/directory.ts";
import { settingsOf } from "../../../src/settings/settings.ts";
import { waitFor } from "../../support/wait-for.ts";
import { admission, inside, publishFrame, socketOf } from "../inside.ts";
import { freshRoom } from "../room-client.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

afterEach(() => void vi.restoreAllMocks());

/** A room whose reports the test receives, with a clock that it sets. */
type Reporting = {
  reports: RoomReport[];
  room: RoomCore;
  state: DurableObjectState;
  now: number;
  join(member: string): void;
  publish(member: string, id: string): void;
  leave(member: string): void;
  /** Lets the alarm ring, if it is due at this time after the start. */
  at(ms: number): Promise<void>;
  /** Another instance of the object, as after a hibernation. */
  wake(): void;
};

function reporting(
  callback: (reporting: Reporting) => Promise<void>,
  send: DirectoryPort["send"] = async () => {},
): Promise<void> {
  const name = freshRoom();
  return inside(name, async ({ state }) => {
    // The runtime's own clock never comes near the alarms of the test.
    const start = Date.now() + 60 * MINUTE;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => of.now);
    const reports: RoomReport[] = [];
    const directory: DirectoryPort = {
      send: (report, signal) => {
        reports.push(report);
        return send(report, signal);
      },
    };
    const core = () => new RoomCore(state, settingsOf({ ...env, LEAVE_GRACE_MS: "0" }), {}, directory);
    const of: Reporting = {
      reports,
      state,
      now: start,
      room: undefined as never,
      join(member) {
        const grant = { member, name: member, can: ["read", "publish", "presence"] as const, guest: false };
        const request = admissionRequest(admission({ grant: { ...grant, can: [...grant.can] }, room: name }));
        (of.room.fetch(request) as Response).webSocket?.accept();
      },
      publish: (member, id) => of.room.webSocketMessage(socketOf(state, member), publishFrame(id, id)),
      leave(member) {
        const socket = socketOf(state, member);
        of.room.webSocketClose(socket, 1000, "");
      },
      async at(ms) {
        await settled();
        of.now = start + ms;
        const alarm = await state.storage.getAlarm();
        if (alarm === null || alarm > of.now) return;
        await state.storage.deleteAlarm();
        of.room.alarm();
        await settled();
      },
      wake() {
        of.room = core();
      },
    };
    of.wake();
    await callback(of);
    clock.mockRestore();
    for (const socket of state.getWebSockets()) socket.close(1000);
    await state.storage.deleteAlarm();
  });
}

/** Lets the room set its alarm, and messages that wait for a flush be stored. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

const activities = ({ reports }: Reporting) => reports.map(({ activity }) => activity);

describe("a room's reports to the directory", () => {
  test("[DIR-1] say within seconds that it is in use, and then at most once a minute what changed", async () => {
    await reporting(async (room) => {
      room.join("ada");
      expect(room.reports).toEqual([]);
      for (const id of ["1", "2", "3"]) room.publish("ada", id);
      await waitFor(() => expect(room.room.owner.info().seq).toBe(3));
      await room.at(5 * SECOND);
      const first = { members: 1, sockets: 1, seq: 3, rate: 3 };
      expect(activities(room)).toMatchObject([first]);
      room.join("bob");
      room.publish("bob", "4");
      await room.at(59 * SECOND);
      expect(room.reports).toHaveLength(1);
      room.publish("bob", "5");
      await waitFor(() => expect(room.room.owner.info().seq).toBe(5));
      await room.at(70 * SECOND);
      expect(activities(room)).toMatchObject([first, { members: 2, sockets: 2, seq: 5 }]);
      expect(room.reports[0]).toMatchObject({ object: `${room.state.id}`, room: room.room.name });
    });
  });

  test("[DIR-1] say that its last member left, and that it holds nothing any more", async () => {
    await reporting(async (room) => {
      room.join("ada");
      room.publish("ada", "1");
      await room.at(5 * SECOND);
      room.leave("ada");
      await room.at(59 * SECOND);
      expect(room.reports).toHaveLength(1);
      await room.at(70 * SECOND);
      expect(activities(room)).toMatchObject([
        { members: 1, seq: 1 },
        { members: 0, sockets: 0, seq: 1 },
      ]);
      await room.at(200 * SECOND);
      expect(room.reports).toHaveLength(2);
      room.room.owner.erase();
      await room.at(202 * SECOND);
      expect(activities(room)[2]).toBeNull();
    });
  });

  test("[DIR-1] keep to once a minute over hibernations, and go on after a crash", async () => {
    await reporting(async (room) => {
      room.join("ada");
      await room.at(5 * SECOND);
      for (let at = 15; at < 60; at += 10) {
        room.wake();
        room.now += 10 * SECOND;
        room.publish("ada", `${at}`);
        await room.at(at * SECOND);
      }
      expect(room.reports).toHaveLength(1);
      room.leave("ada");
      room.wake();
      await room.at(70 * SECOND);
      expect(activities(room)).toMatchObject([{ members: 1 }, { members: 0 }]);
    });
  });

  test("[DIR-5] wait for each other, so that the report of an erase is the last to arrive", async () => {
    let end = () => {};
    const isSlow = new Promise<void>((resolve) => {
      end = resolve;
    });
    const send = ({ activity }: RoomReport) => (activity === null ? Promise.resolve() : isSlow);
    await reporting(async (room) => {
      room.join("ada");
      room.publish("ada", "1");
      await room.at(5 * SECOND);
      expect(activities(room)).toMatchObject([{ seq: 1 }]);
      room.room.owner.erase();
      await room.at(6 * SECOND);
      expect(room.reports).toHaveLength(1);
      end();
      await settled();
      expect(activities(room)[1]).toBeNull();
    }, send);
  });

  test("[DIR-3] set no alarm that would wake a room with open sockets", async () => {
    await reporting(async (room) => {
      room.join("ada");
      await room.at(5 * SECOND);
      const idle = await room.state.storage.getAlarm();
      expect(idle).toBeGreaterThan(room.now + 30 * SECOND);
      room.now += 10 * SECOND;
      room.publish("ada", "1");
      await settled();
      expect(await room.state.storage.getAlarm()).toBe(idle);
      // The idle reaper wakes it anyway.
      room.wake();
      await room.at(90 * SECOND + 1);
      expect(activities(room)).toMatchObject([{ seq: 0 }, { seq: 1 }]);
    });
  });

  test.each([
    ["throws", () => Promise.reject(new Error("lost"))],
    [
      "throws at once",
      () => {
        throw new Error("lost");
      },
    ],
    [
      "is slow",
      (_: RoomReport, signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("too slow")));
        }),
    ],
  ] as const)("[DIR-2] a directory that %s costs the room nothing", async (what, send) => {
    const warned = vi.spyOn(console, "error").mockImplementation(() => {});
    await reporting(async (room) => {
      room.join("ada");
      await room.at(5 * SECOND);
      room.publish("ada", "1");
      expect(room.room.owner.info().seq).toBe(1);
      room.leave("ada");
      if (what === "is slow") await room.at(70 * SECOND);
      if (what === "is slow") await waitFor(() => expect(warned).toHaveBeenCalled());
      for (let minute = 1; minute < 120; minute++) await room.at(minute * MINUTE);
      // It tries again less and less often, and stops.
      if (what !== "is slow") expect(room.reports).toHaveLength(6);
      expect(warned).toHaveBeenCalledOnce();
    }, send);
  });

  test("[DIR-2] of rooms that begin at once spread over seconds", async () => {
    const delays: number[] = [];
    await reporting(async (room) => {
      for (let i = 0; i < 60; i++) {
        room.wake();
        room.room.owner.publish(i).catch(() => {});
        await settled();
        delays.push(Number(await room.state.storage.getAlarm()) - room.now);
        await room.state.storage.deleteAlarm();
      }
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5000);
    const bySecond = Map.groupBy(delays, (delay) => Math.floor(delay / 1000));
    for (const each of bySecond.values()) expect(each.length).toBeLessThan(40);
  });
});
