import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../support/network.ts";
import { RUNTIMES, type Runtime } from "../support/runtimes.ts";
import { type Service, startService } from "../support/service.ts";
import { TestSocket } from "../support/socket.ts";

let service: Service;
let network: Network;
let folder: string;
let program: string;
const ends: (() => void)[] = [];

beforeAll(async () => {
  service = await startService();
  network = await Network.start(() => Number(new URL(service.url).port));
  folder = await mkdtemp(join(tmpdir(), "dormouse-program-"));
  program = join(folder, "program.mjs");
  await build({
    entryPoints: ["test/e2e/client-runtimes/program.ts"],
    bundle: true,
    format: "esm",
    target: "es2022",
    outfile: program,
  });
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(async () => {
  await network?.stop();
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the program in a room. Returns its lines so far, and how it ends. */
async function start({ command, socketModule = "" }: Runtime, room: string) {
  const [file, ...args] = await command();
  const child = spawn(file, [...args, program, `127.0.0.1:${network.port}`, room, socketModule], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  ends.push(() => child.kill());
  let output = "";
  let errors = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const lines = () => output.split("\n").filter((line) => line !== "");
  return { lines, ended, errors: () => errors };
}

describe("the client", () => {
  test.each(RUNTIMES)(
    "[VIEW-10] joins, publishes, resumes and ends in $name",
    async (runtime) => {
      const room = runtime.name.replaceAll(" ", "-");
      const { lines, ended, errors } = await start(runtime, room);
      const has = (line: string) =>
        expect.poll(() => (errors() ? [...lines(), errors()] : lines()), { timeout: 30_000 }).toContain(line);
      await has("timeline failed,sent,sent");
      expect(lines()).toEqual([
        "state live",
        "refused too_big",
        "history 1,2,255",
        "members Program",
        "timeline failed,sent,sent",
      ]);
      const other = await TestSocket.open(service.room(room));
      other.send("first");
      await has("message first");
      network.unplug();
      await has("state waiting");
      other.send("missed");
      network.plug();
      await has("message missed");
      other.send("end");
      expect(await ended).toBe(0);
      expect(lines().filter((line) => line.startsWith("message"))).toEqual([
        "message first",
        "message missed",
        "message end",
      ]);
      expect(lines().at(-1)).toBe("state closed");
    },
    120_000,
  );
});
