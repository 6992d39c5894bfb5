import { cp, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SUBPROTOCOL } from "../../../src/protocol/limits.ts";
import { TestSocket } from "../../support/socket.ts";
import { removeTemporary } from "../../support/temporary.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";
import { type Host, runToEnd, startHost } from "./host.ts";
import { processesWith } from "./processes.ts";
import { build, checkout, NODE, startCommand } from "./tree.ts";
import { type Logged, readLog, UNLIMITED, Writer } from "./writer.ts";

const BUILD_MS = 180_000;
const TEST_MS = 120_000;
const POLL_MS = 45_000;
/** Messages that each writer receives before what the test does next. */
const SEEN = 1000;

let folder: string;
beforeAll(async () => {
  folder = await checkout();
  await build(folder);
}, BUILD_MS);
afterAll(() => removeTemporary(folder));

const startIn = (data: string, env: Record<string, string> = {}): Promise<Host> =>
  startHost(startCommand(folder, { ...UNLIMITED, DATA_DIR: data, ...env }));

/** Runs a program of the build as a person does. */
const runProgram = (program: string, data: string, args: string[]) =>
  runToEnd({
    command: [NODE, join(folder, `dist/selfhost/${program}.mjs`), ...args],
    cwd: folder,
    env: { DATA_DIR: data },
  });
const backUp = (data: string, ...args: string[]) => runProgram("backup", data, args);
const restore = (data: string, ...args: string[]) => runProgram("restore", data, args);

function expectRun(log: readonly Logged[]): void {
  expect(log.findIndex(({ seq }, i) => seq !== i + 1)).toBe(-1);
}

test("[RUN-2] every message that a client received is there after all processes are killed and started again", {
  timeout: TEST_MS,
}, async () => {
  const data = join(folder, "killed");
  const rooms = ["one", "two"];
  const seen = new Map<string, Logged>();
  let epochs: string[] = [];
  let host = await startIn(data);
  for (const kill of ["launcher", "workerd"]) {
    const writers = await Promise.all(rooms.map((room) => Writer.start(host.room(room), `${room}-${kill}`)));
    await Promise.all(writers.map((writer) => writer.hasSeen(SEEN)));
    if (kill === "launcher") await host.end("SIGKILL");
    else for (const id of await processesWith(join(data, "workerd.capnp"))) process.kill(id, "SIGKILL");
    await Promise.all(writers.map(({ ended }) => ended));
    if (kill === "workerd") expect(await host.end("SIGCONT")).toMatchObject({ code: 1 });
    writers.forEach((writer, i) => {
      for (const message of writer.seen) seen.set(`${rooms[i]} ${message.seq}`, message);
    });

    host = await startIn(data);
    const logs = await Promise.all(rooms.map((room) => readLog(host.url, room)));
    for (const { log } of logs) expectRun(log);
    const stored = new Map(
      logs.flatMap(({ log }, i) => log.map((message) => [`${rooms[i]} ${message.seq}`, message])),
    );
    const lost = [...seen].filter(
      ([key, message]) => JSON.stringify(stored.get(key)) !== JSON.stringify(message),
    );
    expect(lost.slice(0, 3)).toEqual([]);
    const now = logs.map(({ epoch }) => epoch);
    if (epochs.length > 0) expect(now).toEqual(epochs);
    epochs = now;
  }
  await host.end("SIGKILL");
});

test("[RUN-6] a backup that is taken while rooms are written holds a beginning of each log, and a service continues it", {
  timeout: TEST_MS,
}, async () => {
  const data = join(folder, "original");
  const rooms = ["busy-1", "busy-2", "asleep"];
  let host = await startIn(data);
  const quiet = await Writer.start(host.room("asleep"), "asleep");
  await quiet.hasSeen(SEEN);
  quiet.stop();
  await host.end("SIGTERM");

  // After a restart, no process has the database of the quiet room open.
  host = await startIn(data);
  const writers = await Promise.all(rooms.slice(0, 2).map((room) => Writer.start(host.room(room), room)));
  await Promise.all(writers.map((writer) => writer.hasSeen(SEEN)));
  const target = join(folder, "backups/today");
  const before = writers.map(({ seen }) => seen.length);
  expect(await backUp(data, target)).toEqual({
    code: 0,
    signal: null,
    // The files of the rooms, and of the shards of the directory that have heard of them by now.
    output: expect.stringMatching(
      new RegExp(`^Copied ([4-9]|1\\d) databases from ${data} to ${target}\\.\\n$`),
    ),
  });
  // The rooms are written to during the backup and after it, without an error.
  await Promise.all(writers.map((writer) => writer.hasSeen(writer.seen.length + SEEN)));
  expect(writers.map(({ faults }) => faults)).toEqual([[], []]);
  for (const writer of writers) writer.stop();
  const original = await Promise.all(rooms.map((room) => readLog(host.url, room)));
  await host.end("SIGTERM");

  const elsewhere = join(folder, "restored");
  await rename(target, elsewhere);
  const restored = await startIn(elsewhere);
  for (const [i, room] of rooms.entries()) {
    const { epoch, log } = await readLog(restored.url, room);
    expectRun(log);
    expect(epoch, room).toBe(original[i]?.epoch);
    expect(log, room).toEqual(original[i]?.log.slice(0, log.length));
    expect(log.length, room).toBeGreaterThanOrEqual(before[i] ?? SEEN);
    const next = await Writer.start(restored.room(room), `${room}-restored`);
    await next.hasSeen(1);
    expect(next.seen[0]?.seq).toBe(log.length + 1);
    next.stop();
  }
  await restored.end("SIGKILL");
});

test("[RUN-2] [RUN-6] a room delivers its webhook events after a restart and from a backup, although no client comes", {
  timeout: TEST_MS,
}, async () => {
  const receiver = await WebhookReceiver.start();
  const env = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: WebhookReceiver.secret };
  const published = () => receiver.events.filter(({ type }) => type === "message.published").length;
  const data = join(folder, "later");
  const target = join(folder, "backups/later");
  const hosts: Host[] = [];
  try {
    receiver.otherwise = (response) => response.writeHead(503).end();
    const host = await startIn(data, env);
    hosts.push(host);
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ data: "to be delivered" });
    await fetch(`${host.url}/v1/rooms/lobby/messages`, { method: "POST", headers, body });
    await expect.poll(published, { timeout: POLL_MS }).toBeGreaterThan(0);
    expect(await backUp(data, target)).toMatchObject({ code: 0 });
    await host.end("SIGKILL");

    receiver.otherwise = (response) => response.writeHead(204).end();
    for (const folderOfRooms of [data, target]) {
      receiver.deliveries.length = 0;
      const next = await startIn(folderOfRooms, env);
      hosts.push(next);
      await expect.poll(published, { timeout: POLL_MS }).toBe(1);
      await next.end("SIGKILL");
    }
  } finally {
    await Promise.all(hosts.map((host) => host.end("SIGKILL")));
    await receiver.stop();
  }
});

test("[RUN-9] a restored room has the log of the backup under a new epoch, refuses earlier cursors, and repeats no webhook event", {
  timeout: TEST_MS,
}, async () => {
  const receiver = await WebhookReceiver.start();
  const env = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: WebhookReceiver.secret };
  const delivered = () => receiver.events.map(({ id }) => Number(String(id).split(".")[1]));
  const [data, target, restored] = [
    join(folder, "lost"),
    join(folder, "backups/lost"),
    join(folder, "again"),
  ];
  const hosts: Host[] = [];
  const start = async (from: string) => {
    const host = await startIn(from, { ...env, WEBHOOK_EVENTS: "message.published" });
    hosts.push(host);
    return host;
  };
  const publish = ({ url }: Host, count: number) => {
    const body = JSON.stringify({ messages: Array.from({ length: count }, (_, i) => ({ data: i })) });
    const headers = { "content-type": "application/json" };
    return fetch(`${url}/v1/rooms/lobby/messages`, { method: "POST", headers, body });
  };
  try {
    const host = await start(data);
    await publish(host, 3);
    await expect.poll(delivered, { timeout: POLL_MS }).toEqual([1, 2, 3]);
    // The room sends this one once it has stored that the others were delivered.
    await publish(host, 1);
    await expect.poll(delivered, { timeout: POLL_MS }).toEqual([1, 2, 3, 4]);
    expect(await backUp(data, target)).toMatchObject({ code: 0 });
    await publish(host, 2);
    const before = await readLog(host.url, "lobby");
    await host.end("SIGKILL");

    // A killed service leaves its newest messages in `-wal` files only.
    const whole = join(folder, "whole");
    expect(await restore(whole, data)).toMatchObject({ code: 0 });
    const copy = await startIn(whole);
    hosts.push(copy);
    expect((await readLog(copy.url, "lobby")).log).toEqual(before.log);
    await copy.end("SIGKILL");

    expect(await restore(restored, target)).toMatchObject({ code: 0 });
    expect(await restore(restored, target)).toMatchObject({ code: 1 });
    receiver.deliveries.length = 0;
    const next = await start(restored);
    const after = await readLog(next.url, "lobby");
    expect(after.log).toEqual(before.log.slice(0, 4));
    expect(after.epoch).not.toBe(before.epoch);
    // New messages overtake the cursor of a client that has the two lost ones.
    await publish(next, 5);
    const socket = await TestSocket.open(next.room("lobby", `?cursor=${before.epoch}.6`), SUBPROTOCOL);
    expect(await socket.until("welcome")).toMatchObject({ resumed: false, reason: "epoch", seq: 9 });
    socket.ws.terminate();
    await expect
      .poll(() => delivered().filter((seq) => seq !== 4), { timeout: POLL_MS })
      .toEqual([5, 6, 7, 8, 9]);
  } finally {
    await Promise.all(hosts.map((host) => host.end("SIGKILL")));
    await receiver.stop();
  }
});

test("[RUN-6] a backup ends with one sentence where it cannot be made, and a part of one is not taken for a whole", async () => {
  const data = join(folder, "small");
  const host = await startIn(data);
  await host.end("SIGTERM");
  const used = join(folder, "used");
  await mkdir(used);
  await writeFile(join(used, "a"), "");
  const faults: [args: string[], from: string, sentence: string][] = [
    [[], data, "Pass the folder of the backup: npm run -s backup -- /backups/today\n"],
    [[used], data, `The folder ${used} is not empty. Choose a new one, so that nothing mixes.\n`],
    [[join(used, "a")], data, `The folder ${join(used, "a")} cannot be written: EEXIST.\n`],
    [
      [join(folder, "never")],
      join(folder, "missing"),
      `The folder ${join(folder, "missing")} is not a data folder that this user can read.\n`,
    ],
  ];
  for (const [args, from, output] of faults) {
    expect(await backUp(from, ...args)).toMatchObject({ code: 1, output });
  }
  expect(await readdir(folder)).not.toContain("never");
  // A backup that was interrupted has rooms and no marker.
  const part = join(folder, "part");
  await cp(join(data, "rooms"), join(part, "rooms"), { recursive: true });
  await expect(startIn(part)).rejects.toThrow("holds other files and no dormouse.json");
  const refused = {
    code: 1,
    output: expect.stringContaining("has no dormouse.json, so it is no whole backup"),
  };
  expect(await restore(join(folder, "elsewhere"), part)).toMatchObject(refused);
});
