import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remoteRoom } from "../../../src/backend/index.ts";
import { blocksOf } from "../../support/doc-examples.ts";
import { Network } from "../../support/network.ts";
import { pythonWithWebSockets } from "../../support/python.ts";
import { type Service, startService } from "../../support/service.ts";
import { eventually } from "../../support/socket.ts";
import { ALL, SECRET, token } from "../../support/tokens.ts";

const EXAMPLES = resolve("docs/examples/python");
/** For what follows a reconnect, whose wait is random. */
const RECONNECT_MS = 60_000;

let python: string;
let service: Service;
let network: Network;
let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  python = pythonWithWebSockets();
  // The limit of rate is that of a deployment: the client must keep to it.
  service = await startService({ AUTH_SECRET: SECRET, PUBLISH_RATE: "20", HEARTBEAT_SECONDS: "1" });
  network = await Network.start(() => Number(new URL(service.url).port));
  folder = await mkdtemp(join(tmpdir(), "dormouse-python-"));
}, 180_000);
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await network?.stop();
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

const through = () => `http://127.0.0.1:${network.port}`;
const backend = (room: string) =>
  remoteRoom(service.url, {
    room,
    token: token({ sub: "backend", can: ["read", "publish", "presence", "admin"] }),
  });

/** Starts a program with the client beside it. */
function start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess & { output(): string } {
  const child = spawn(python, args, {
    cwd: folder,
    env: {
      ...process.env,
      PYTHONPATH: [EXAMPLES, process.env.PYTHONPATH ?? ""].join(delimiter),
      PYTHONUNBUFFERED: "1",
      ...env,
    },
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  return Object.assign(child, { output: () => output });
}

/** Starts a program, and returns what it has printed when it has ended. */
async function run(program: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = start(["-c", program], { ROOMS: service.url, ...env });
  await once(child, "close");
  return child.output().trim();
}

/** The rows that the program durable.py has in its database. */
function stored(path: string): { seq: number; text: string }[] {
  const query = `import json, sqlite3
try:
    rows = sqlite3.connect("${path}").execute("select seq, data from messages order by rowid").fetchall()
except sqlite3.OperationalError:
    rows = []  # the program has not created the table yet
print(json.dumps([{"seq": seq, "text": json.loads(data)["text"]} for seq, data in rows]))`;
  return JSON.parse(execFileSync(python, ["-c", query], { cwd: folder, encoding: "utf8" }));
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

describe("the Python client", () => {
  test("[DOCS-14] delivers and publishes exactly once over cuts, a dead network and a kill", async () => {
    const room = `python-${crypto.randomUUID()}`;
    const args = [join(EXAMPLES, "durable.py"), through(), room, "room.db"];
    const others = backend(room);
    let program = start(args);
    const say = (texts: string[]) => program.stdin?.write(texts.map((text) => `${text}\n`).join(""));
    const publish = async (texts: string[]) => {
      for (const text of texts) await others.publish({ text });
    };
    const isComplete = async () => {
      const { seq } = await others.info();
      return seq > 0 && stored("room.db").at(-1)?.seq === seq;
    };

    say(numbered("first", 5));
    await publish(numbered("before", 5));
    await eventually(isComplete, RECONNECT_MS);

    // More than a burst, so that the cut meets messages that are sent, unanswered and not sent yet.
    say(numbered("many", 130));
    await eventually(async () => (await others.info()).seq > 30, RECONNECT_MS);
    network.unplug();
    await publish(numbered("during", 20));
    network.plug();
    await eventually(async () => (await others.info()).seq === 160 && (await isComplete()), RECONNECT_MS);

    for (const leg of network.legs) leg.stall();
    await publish(numbered("stalled", 5));
    await eventually(isComplete, RECONNECT_MS);

    say(numbered("killed", 110));
    await eventually(async () => (await others.info()).seq > 180, RECONNECT_MS);
    await kill(program);
    await publish(numbered("away", 20));
    program = start(args);
    await eventually(async () => (await others.info()).seq === 295 && (await isComplete()), RECONNECT_MS);

    const kept = stored("room.db");
    expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: 295 }, (_, i) => i + 1));
    const published = [
      ...numbered("first", 5),
      ...numbered("before", 5),
      ...numbered("many", 130),
      ...numbered("during", 20),
      ...numbered("stalled", 5),
      ...numbered("killed", 110),
      ...numbered("away", 20),
    ];
    expect(kept.map(({ text }) => text).sort()).toEqual(published.sort());
    await kill(program);
  }, 300_000);

  test("[DOCS-14] fills a gap over HTTP before it stores its position, and begins anew in an erased room", async () => {
    const few = await startService({ AUTH_SECRET: SECRET, RESUME_MESSAGES: "5" });
    try {
      const name = `gap ${crypto.randomUUID()}`;
      const others = remoteRoom(few.url, { room: name, token: token({ sub: "backend", can: ALL }) });
      const keeps = (expected: string[]) =>
        eventually(
          () => JSON.stringify(stored("gap.db").map(({ text }) => text)) === JSON.stringify(expected),
          RECONNECT_MS,
        );
      const args = [join(EXAMPLES, "durable.py"), few.url, name, "gap.db"];
      const publish = async (texts: string[]) => {
        await others.publishMany(texts.map((text) => ({ data: { text } })));
      };
      await publish(numbered("earlier", 10));
      let program = start(args);
      await keeps(numbered("earlier", 10));
      await publish(["live"]);
      await keeps([...numbered("earlier", 10), "live"]);
      await kill(program);

      await publish(numbered("missed", 20));
      await others.edit(1, { text: "edited" });
      await others.delete(2);
      program = start(args);
      const now = ["edited", ...numbered("earlier", 10).slice(2), "live", ...numbered("missed", 20)];
      await keeps(now);
      await others.edit(1, { text: "edited again" });
      await others.delete(3);
      await keeps(["edited again", ...now.slice(2)]);
      await kill(program);

      await others.erase();
      await publish(numbered("new", 12));
      program = start(args);
      await keeps(numbered("new", 12));
      expect(program.output()).toBe("");
      await kill(program);
    } finally {
      await few.stop();
    }
  }, 300_000);

  test("[DOCS-14] receives all in order when its loop is slow, and publishes without reading", async () => {
    const room = `python-${crypto.randomUUID()}`;
    const others = backend(room);
    const reader = run(`import asyncio, os
from dormouse import Room

async def main():
    async with Room(os.environ["ROOMS"], "${room}") as room:
        seqs = []
        async for message in room:
            if message["seq"] == 1:
                await asyncio.sleep(3)
            seqs.append(message["seq"])
            if message["seq"] == 60:
                break
        print(seqs == list(range(1, 61)))

asyncio.run(main())`);
    await eventually(async () => ((await others.members()).count ?? 0) > 0, RECONNECT_MS);
    const writer = run(`import asyncio, os
from dormouse import Room

async def main():
    async with Room(os.environ["ROOMS"], "${room}", read=False) as room:
        await room.publish("first")
        while not room.cursor.endswith(".59"):
            await asyncio.sleep(0.1)
        print(await room.publish("last"))

asyncio.run(main())`);
    await eventually(async () => (await others.info()).seq === 1, RECONNECT_MS);
    // More than the service sends to a client that does not prove that it reads.
    for (let i = 2; i < 60; i++) await others.publish("x".repeat(200_000));
    expect(await writer).toBe("60");
    expect(await reader).toBe("True");
  }, 300_000);

  test("[DOCS-14] tells why the service refused a message, a client or a room", async () => {
    const name = `python-${crypto.randomUUID()}`;
    const program = (body: string) => `import asyncio, os
from dormouse import Room, RoomError

async def main():
    async with Room(os.environ["ROOMS"], "${name}", token=os.environ.get("TOKEN")) as room:
${body.replaceAll(/^/gm, "        ")}

try:
    asyncio.run(main())
except RoomError as error:
    print(error.code, error.final)`;
    const tooBig =
      'try:\n    await room.publish("x" * 300_000)\nexcept RoomError as error:\n    print(error.code, error.final)';
    expect(await run(program(`${tooBig}\nprint(await room.publish(b"bytes"))`))).toBe("too_big False\n1");
    expect(await run(program("await room.publish(1)"), { TOKEN: token({ exp: 1 }) })).toBe(
      "invalid_token True",
    );
    expect(await run(program("await room.publish(1)"), { TOKEN: token({ can: ["read"] }) })).toBe(
      "forbidden False",
    );
    const ada = { TOKEN: token({ sub: "ada", can: ["read", "presence"] }) };
    const kicked = run(program("async for message in room:\n    print(message)"), ada);
    await eventually(async () => ((await backend(name).members()).count ?? 0) > 0, RECONNECT_MS);
    await backend(name).kick("ada");
    expect(await kicked).toBe("kicked True");
  }, 300_000);

  test("[DOCS-14] runs the program of its guide, which greets once for each message", async () => {
    const [program = ""] = blocksOf("docs/guides/python.md");
    const child = start(["-c", program.replace('"lobby"', '"python guide"')], { ROOMS: service.url });
    const ended = once(child, "close");
    await eventually(() => child.output().includes("1 Greeter I am here."), RECONNECT_MS);
    // Data of any shape, and an operation: a guest could stop a bot that trusts what it reads.
    for (const data of ["bare", null, { text: 1 }, ["list"]]) await backend("python guide").publish(data);
    await backend("python guide").edit(2, { text: "edited" });
    await backend("python guide").publish({ text: "hello" });
    await eventually(() => child.output().includes("8 Greeter Hello, backend."), RECONNECT_MS);
    await backend("python guide").publish({ text: "bye" });
    await ended;
    expect(child.output().trim().split("\n").length).toBe(4);
  }, 300_000);
});
