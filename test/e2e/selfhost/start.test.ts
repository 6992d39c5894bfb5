import { createHash } from "node:crypto";
import { chown, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { removeTemporary } from "../../support/temporary.ts";
import { type Host, runToEnd, startHost } from "./host.ts";
import { checkout, imageFolder, NOBODY, NODE, PATH, readDockerfile } from "./tree.ts";

/** A build takes several seconds on a machine that does nothing else. */
const BUILD_MS = 180_000;

let folder: string;
let host: Host;
let platform: Service;
beforeAll(async () => {
  folder = await checkout();
  host = await startHost({
    command: ["env", "-i", `PATH=${PATH}`, "PORT=0", "npm", "start"],
    cwd: folder,
    env: { PATH, AUTH_MODE: "token" },
  });
  platform = await startService();
}, BUILD_MS);
afterAll(async () => {
  await platform?.stop();
  await host?.end("SIGKILL");
  await removeTemporary(folder);
});

/** The headers by which the two servers may differ: those of the connection, and of how the body is sent. */
const TRANSPORT = new Set([
  "cf-cache-status",
  "connection",
  "content-encoding",
  "content-length",
  "date",
  "etag",
  "keep-alive",
  "transfer-encoding",
  "vary",
]);

async function answerOf(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: "manual", ...init });
  const headers = [...response.headers].filter(([name]) => !TRANSPORT.has(name));
  // The body as a digest, because a failure prints it. A source map has the paths of its build.
  const digest = createHash("sha256")
    .update(await response.bytes())
    .digest("hex");
  const body = url.endsWith(".map") ? "" : digest;
  return { status: response.status, headers: Object.fromEntries(headers), body };
}

/** A user other than root, where this process may become one. The folder is its own then. */
async function unprivileged(data: string): Promise<{ uid?: number }> {
  if (process.getuid?.() !== 0) return {};
  await chown(data, NOBODY, NOBODY);
  return { uid: NOBODY };
}

test("[RUN-1] npm start in a clean folder with an empty environment serves the API and sockets", async () => {
  expect(await (await fetch(`${host.url}/healthz`)).json()).toEqual({ status: "ok" });
  const socket = await TestSocket.open(host.room("lobby"), "dormouse.v1");
  await socket.until("welcome");
  const body = JSON.stringify({ data: "hello" });
  const headers = { "content-type": "application/json" };
  await fetch(`${host.url}/v1/rooms/lobby/messages`, { method: "POST", headers, body });
  expect(await socket.until("messages")).toMatchObject({ first: 1, messages: [{ data: "hello" }] });
  socket.ws.terminate();
  expect((await readdir(join(folder, "data"))).sort()).toEqual(
    expect.arrayContaining(["dormouse.json", "lock.sqlite", "rooms"]),
  );
});

test("[RUN-1] the site has the paths, answers and headers that it has on the platform", async () => {
  const files = (await readdir("public")).filter((name) => !/^_|~$/.test(name));
  expect(files).toEqual(
    expect.arrayContaining(["index.html", "app.js", "dormouse.js", "style.css", "icon.svg"]),
  );
  const others = ["", "docs", "docs/", "index", "docs.html?a=b", "_headers", "no-such-file", "constructor"];
  for (const path of [...files, ...others]) {
    const [here, there] = await Promise.all([host, platform].map(({ url }) => answerOf(`${url}/${path}`)));
    expect(here, path).toEqual(there);
  }
  for (const method of ["HEAD", "POST", "OPTIONS"]) {
    const [here, there] = await Promise.all(
      [host, platform].map(({ url }) => answerOf(`${url}/`, { method })),
    );
    expect(here, method).toEqual(there);
  }
});

test("[RUN-1] the site stays complete when the service is built again while it runs", async () => {
  await rename(join(folder, "dist/selfhost"), join(folder, "dist/replaced"));
  try {
    expect((await fetch(`${host.url}/app.js`)).status).toBe(200);
    expect((await (await fetch(`${host.url}/icon-192.png`)).bytes()).length).toBeGreaterThan(1000);
  } finally {
    await rename(join(folder, "dist/replaced"), join(folder, "dist/selfhost"));
  }
});

test("[RUN-1] a file is not sent again to a caller that has it", async () => {
  const first = await fetch(`${host.url}/dormouse.js`);
  await first.arrayBuffer();
  const etag = first.headers.get("etag") ?? "";
  const again = await fetch(`${host.url}/dormouse.js`, { headers: { "if-none-match": `W/${etag}` } });
  expect([again.status, again.headers.get("access-control-allow-origin")]).toEqual([304, "*"]);
});

test("[RUN-1] [RUN-3] npm start ends with exit code 0 by SIGTERM, also while a socket is open", async () => {
  const socket = await TestSocket.open(host.room("lobby"), "dormouse.v1");
  await socket.until("welcome");
  const { code, output } = await host.end("SIGTERM");
  expect([code, output]).toEqual([0, expect.stringContaining("Dormouse listens on")]);
  await expect(fetch(`${host.url}/healthz`)).rejects.toThrow();
  socket.ws.terminate();
});

test(
  "[RUN-1] the steps of the Dockerfile make a folder that runs by itself, and passes its health check",
  async () => {
    const image = await imageFolder(folder);
    const { run, env, healthcheck } = await readDockerfile();
    const [, ...args] = run;
    const own = { ...env, HOST: "127.0.0.1", PORT: "0", DATA_DIR: join(image, "data") };
    const user = await unprivileged(join(image, "data"));
    const service = await startHost({ command: [NODE, ...args], cwd: image, env: own, ...user });
    try {
      expect(await (await fetch(service.url)).text()).toContain("<title>Dormouse</title>");
      const check = (PORT: string) =>
        runToEnd({ command: [NODE, ...healthcheck.slice(1)], cwd: image, env: { PORT } });
      expect(await check(new URL(service.url).port)).toMatchObject({ code: 0 });
      expect(await check("1")).toMatchObject({ code: 1 });
      expect(await service.end("SIGTERM")).toMatchObject({ code: 0 });
    } finally {
      await service.end("SIGKILL");
      await removeTemporary(image);
    }
  },
  BUILD_MS,
);
