import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { waitFor } from "../../support/wait-for.ts";
import { infoOf, inside } from "../inside.ts";
import { freshRoom, join, RoomClient } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const stub = (room: string) => env.ROOMS.getByName(room);
const SECOND = 1000;
/** Three heartbeats. */
const SILENT = 90 * SECOND;

/** Lets the time in the runtime be so much later, and rings the alarm. */
async function sweepIn(room: string, ms: number): Promise<boolean> {
  vi.restoreAllMocks();
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + ms);
  return runDurableObjectAlarm(stub(room));
}

/** In how many milliseconds the alarm will ring; null where none is set. */
async function alarmIn(room: string, since = Date.now()): Promise<number | null> {
  const at = await inside(room, ({ state }) => state.storage.getAlarm());
  return at === null ? null : at - since;
}

test("[PRES-3] who is silent for three heartbeats is closed, and the others are told at once", async () => {
  const room = freshRoom();
  const silent = await join(room, "?name=Silent");
  const plain = await RoomClient.plain(room);
  expect(await alarmIn(room)).toBeGreaterThan(SILENT - 5 * SECOND);
  expect(await alarmIn(room)).toBeLessThanOrEqual(SILENT);
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60 * SECOND);
  const late = await join(room, "?name=Late");
  await waitFor(() => expect(late.presence).not.toEqual([]));
  late.presence.length = 0;

  await sweepIn(room, SILENT);
  expect(await silent.frame("bye")).toMatchObject({ code: "going_away", retry: "now" });
  expect(await silent.closed()).toMatchObject({ closed: 1001 });
  expect(await late.presenceChanges(1)).toMatchObject([{ left: [silent.welcome.member], count: 2 }]);
  plain.send("still here");
  expect((await late.message()).data).toBe("still here");
});

test("[PRES-3] [SLEEP-1] a sweep wakes a room that sleeps, and who pinged or spoke stays", async () => {
  const room = freshRoom();
  const silent = await join(room);
  const speaker = await join(room);
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60 * SECOND);
  speaker.publish("m", "here I am");
  await speaker.message();
  await silent.message();
  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  await inside(room, () => {});
  speaker.publish("n", "and again");
  await silent.message();
  await sweepIn(room, SILENT);
  expect((await silent.frame("bye")).code).toBe("going_away");
  expect((await infoOf(room)).count).toBe(1);
  await speaker.message();
  await speaker.expectQuiet();
});

test("[PRES-3] who comes to a room that slept does not put off the sweep of those who were there", async () => {
  const room = freshRoom();
  const silent = await join(room);
  for (let visit = 0; visit < 2; visit++) {
    await evictDurableObject(stub(room), { webSockets: "hibernate" });
    vi.restoreAllMocks();
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + (80 + visit) * SECOND);
    const visitor = await join(room);
    visitor.socket.close(1000);
    await visitor.closed();
  }
  await sweepIn(room, SILENT + SECOND);
  expect((await silent.frame("bye")).code).toBe("going_away");
});

test("[PRES-3] the longer nobody joins, the farther apart are the sweeps; where there is nobody to sweep, there are none", async () => {
  const room = freshRoom();
  const plain = await RoomClient.plain(room);
  expect(await alarmIn(room)).toBeNull();
  const ada = await join(room);
  const start = Date.now();
  const gaps: number[] = [];
  let at = 0;
  for (let i = 0; i < 12; i++) {
    const next = await alarmIn(room, start);
    if (next === null) throw new Error("No sweep is planned.");
    gaps.push(next - at);
    at = next;
    vi.restoreAllMocks();
    vi.spyOn(Date, "now").mockReturnValue(start + at);
    // As if it had just spoken: its pings carry the time of the real clock.
    ada.send({ type: "received", seq: 0 });
    await ada.expectQuiet();
    await runDurableObjectAlarm(stub(room));
  }
  expect(gaps.slice(0, 2).every((gap) => gap <= SILENT + SECOND)).toBe(true);
  expect(gaps.at(-1)).toBeGreaterThan(600 * SECOND);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(900 * SECOND);

  ada.socket.close(1000);
  await ada.closed();
  await sweepIn(room, 3 * 3600 * SECOND);
  expect(await alarmIn(room)).toBeNull();
  plain.socket.close(1000);
});
