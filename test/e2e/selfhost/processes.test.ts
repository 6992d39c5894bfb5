import { readdir, readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyGone } from "../../../src/selfhost/host/workerd.ts";
import { TestSocket } from "../../support/socket.ts";
import { removeTemporary } from "../../support/temporary.ts";
import { startHost } from "./host.ts";
import { environmentOf, processesWith } from "./processes.ts";
import { build, checkout, startCommand } from "./tree.ts";

const BUILD_MS = 180_000;
const SECRET = "the key of the tokens of this test";

let folder: string;
beforeAll(async () => {
  folder = await checkout();
  await build(folder);
}, BUILD_MS);
afterAll(() => removeTemporary(folder));

test.each(["SIGTERM", "SIGINT"] as const)(
  "[RUN-3] %s ends the service with exit code 0 while sockets are open, and leaves no process",
  async (signal) => {
    const host = await startHost(startCommand(folder));
    const sockets = await Promise.all(
      ["dormouse.v1", []].map((protocol) => TestSocket.open(host.room("lobby"), protocol)),
    );
    expect(await processesWith(join(folder, "data/workerd.capnp"))).toHaveLength(1);
    expect(await host.end(signal)).toMatchObject({ code: 0 });
    expect(await processesWith(join(folder, "data/workerd.capnp"))).toEqual([]);
    for (const { ws } of sockets) ws.terminate();
  },
);

test("[RUN-3] a second signal ends the service without waiting for its sockets", async () => {
  const host = await startHost(startCommand(folder));
  const socket = await TestSocket.open(host.room("lobby"));
  host.child.kill("SIGTERM");
  expect(await host.end("SIGTERM")).toMatchObject({ code: 0 });
  socket.ws.terminate();
});

test("[RUN-3] no process is left after SIGKILL", async () => {
  const host = await startHost(startCommand(folder));
  // It resolves once workerd has closed its output, too.
  expect(await host.end("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
  await expect.poll(() => processesWith(join(folder, "data/workerd.capnp"))).toEqual([]);
});

test("[RUN-3] the service ends with exit code 1 when workerd ends by itself", async () => {
  const host = await startHost(startCommand(folder));
  for (const id of await processesWith(join(folder, "data/workerd.capnp"))) process.kill(id, "SIGKILL");
  expect(await host.end("SIGCONT")).toMatchObject({
    code: 1,
    output: expect.stringContaining("workerd ended by itself"),
  });
});

test("[RUN-3] a process that ended because no more files may be open says what to raise", () => {
  const line = "workerd/server/server/bridge.rs:931: overloaded: accept(): Too many open files (os error 24)";
  expect(whyGone(`*** Uncaught exception ***\n${line}\n`)).toContain(
    "Raise the limit (ulimit -n, LimitNOFILE)",
  );
  expect(whyGone("*** Received signal #11")).toBe("workerd ended by itself. Its last lines above say why.");
});

test("[RUN-5] the Worker has the settings of the environment and nothing else of it, and no secret is on disk", async () => {
  const host = await startHost(
    startCommand(folder, {
      AUTH_SECRET: SECRET,
      AUTH_MODE: "token",
      NAME_CHARS: "7",
      SIGNAL_RATE: "",
      DATABASE_PASSWORD: "of another program",
      ROOMS: "a binding",
    }),
  );
  try {
    const [id = 0] = await processesWith(join(folder, "data/workerd.capnp"));
    const environment = await environmentOf(id);
    expect(environment).toEqual(
      expect.arrayContaining([`AUTH_SECRET=${SECRET}`, "AUTH_MODE=token", "NAME_CHARS=7", "SIGNAL_RATE=50"]),
    );
    expect(environment.join()).not.toMatch(/DATABASE_PASSWORD|ROOMS=|DATA_DIR|PATH=/);
    // Without a token nobody joins, so the settings are in force.
    expect((await fetch(`${host.url}/v1/rooms/lobby`)).status).toBe(401);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile() && !file.parentPath.includes("node_modules"))
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => /\/(data|dist)\//.test(path));
    expect(paths).toContain(join(folder, "data/workerd.capnp"));
    for (const path of paths) expect(await readFile(path, "latin1"), path).not.toContain(SECRET);
  } finally {
    await host.end("SIGKILL");
  }
});

/** An address of this machine that is not a loopback one. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

/** Posts as guests who each claim another address, and returns the statuses of the answers. */
async function postsFrom(url: string): Promise<number[]> {
  const body = JSON.stringify({ data: "x" });
  const posts = Array.from({ length: 20 }, async (_, i) => {
    const headers = { "content-type": "application/json", "cf-connecting-ip": `203.0.113.${i}` };
    return (await fetch(`${url}/v1/rooms/limited/messages`, { method: "POST", headers, body })).status;
  });
  return Promise.all(posts);
}

test.runIf(outside !== undefined)(
  "[RUN-7] a client cannot choose its address, and a proxy on this machine or a trusted one can",
  async () => {
    const limits = { HOST: "0.0.0.0", PUBLISH_RATE: "1", PUBLISH_BURST: "1" };
    const data = (name: string) => ({ DATA_DIR: join(folder, name) });
    const careful = await startHost(startCommand(folder, { ...limits, ...data("careful") }));
    const trusting = await startHost(
      startCommand(folder, { ...limits, ...data("trusting"), TRUST_PROXY: "on" }),
    );
    try {
      const at = (url: string, host: string) => url.replace("0.0.0.0", host);
      expect(await postsFrom(at(careful.url, outside ?? ""))).toContain(429);
      expect(new Set(await postsFrom(at(careful.url, "127.0.0.1")))).toEqual(new Set([201]));
      expect(new Set(await postsFrom(at(trusting.url, outside ?? "")))).toEqual(new Set([201]));
    } finally {
      await careful.end("SIGKILL");
      await trusting.end("SIGKILL");
    }
  },
);

test("[RUN-7] behind a proxy that ends TLS, the service knows its own origin", async () => {
  const host = await startHost(startCommand(folder, { ALLOWED_ORIGINS: "https://app.example.com" }));
  const own = { host: "rooms.example.com", origin: "https://rooms.example.com" };
  try {
    const page = await TestSocket.open(host.room("lobby"), [], { ...own, "x-forwarded-proto": "https" });
    page.ws.terminate();
    await expect(TestSocket.open(host.room("lobby"), [], own)).rejects.toThrow("403");
  } finally {
    await host.end("SIGKILL");
  }
});
