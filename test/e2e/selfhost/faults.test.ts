import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diskFull } from "../../../src/selfhost/host/host-error.ts";
import { removeTemporary } from "../../support/temporary.ts";
import { runToEnd, startHost } from "./host.ts";
import { build, checkout, NOBODY, startCommand } from "./tree.ts";

const BUILD_MS = 180_000;

let folder: string;
beforeAll(async () => {
  folder = await checkout();
  await build(folder);
}, BUILD_MS);
afterAll(() => removeTemporary(folder));

/** Starts a service that must not start, and returns the one line that it printed. */
async function refusal(env: Record<string, string>, uid?: number): Promise<string> {
  const command = startCommand(folder, env);
  const { code, output } = await runToEnd(uid === undefined ? command : { ...command, uid });
  expect([code, output]).toEqual([1, expect.stringMatching(/^[^\n]+\.\n$/)]);
  return output.trim();
}

async function folderWith(name: string, files: Record<string, string>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

const SETTINGS: [env: Record<string, string>, sentence: string][] = [
  [{ MESSAGE_BYTES: "much" }, 'MESSAGE_BYTES is "much". Set it to a whole number from 1 to 786432.'],
  [{ PLAIN: "maybe" }, 'PLAIN is "maybe". Set it to "on" or "off".'],
  [
    { AUTH_MODE: "token" },
    'AUTH_MODE is "token", but no token can be verified. Set AUTH_SECRET or AUTH_JWKS_URL as well.',
  ],
  [{ JURISDICTION: "eu" }, 'JURISDICTION is "eu", but rooms stay on this machine. Remove the setting.'],
  [{ PORT: "80a" }, 'PORT is "80a". Set it to a whole number from 0 to 65535.'],
  [{ PORT: "65536" }, 'PORT is "65536". Set it to a whole number from 0 to 65535.'],
  [
    { HOST: "127.0.0.1:80" },
    'HOST is "127.0.0.1:80". Set it to an address without a port, such as 127.0.0.1.',
  ],
  [
    { HOST: "host.invalid" },
    "HOST is host.invalid, which is not an address of this machine. Set it to one, such as 127.0.0.1.",
  ],
  [{ TRUST_PROXY: "1" }, 'TRUST_PROXY is "1". Set it to "on" or "off".'],
];

test.each(SETTINGS)("[RUN-4] a start with %j ends with one sentence", async (env, sentence) => {
  expect(await refusal(env)).toBe(sentence);
});

test("[RUN-4] a start on a taken port ends with one sentence", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  try {
    expect(await refusal({ PORT: String(port) })).toBe(
      `Another program listens on 127.0.0.1:${port}. Stop it, or set PORT to another port.`,
    );
  } finally {
    other.close();
  }
});

test("[RUN-4] a start ends with one sentence when a file is in place of the data folder or of its parent", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  for (const path of [file, join(file, "data")]) {
    expect(await refusal({ DATA_DIR: path })).toBe(
      `DATA_DIR is ${path}, where a file is in the way. Set it to a folder.`,
    );
  }
});

test("[RUN-4] a start ends with one sentence when the data folder, or its parent, is read-only", async () => {
  const path = await folderWith("read-only", {});
  await chmod(path, 0o555);
  // Root may write to every folder.
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  for (const data of [path, join(path, "data")]) {
    expect(await refusal({ DATA_DIR: data }, uid)).toBe(
      `DATA_DIR is ${data}, which this user cannot write to. Change its owner, or set DATA_DIR to another folder.`,
    );
  }
});

test("[RUN-4] a start in a folder of a newer version ends with one sentence, and changes nothing", async () => {
  const marker = '{"layout":2,"of":"the future"}';
  const path = await folderWith("newer", { "dormouse.json": marker });
  expect(await refusal({ DATA_DIR: path })).toBe(
    `The folder ${path} was written by a newer version of Dormouse (layout 2, this version knows 1). Install that version, or set DATA_DIR to another folder.`,
  );
  expect(await readdir(path)).toEqual(["dormouse.json"]);
  expect(await readFile(join(path, "dormouse.json"), "utf8")).toBe(marker);
});

test("[RUN-4] a start ends with one sentence in a folder of something else, or with a damaged marker", async () => {
  const other = await folderWith("photos", { "cat.jpg": "" });
  expect(await refusal({ DATA_DIR: other })).toBe(
    `DATA_DIR is ${other}, which holds other files and no dormouse.json. Set it to an empty folder or to one of Dormouse.`,
  );
  const damaged = await folderWith("damaged", { "dormouse.json": '{"layout":' });
  expect(await refusal({ DATA_DIR: damaged })).toContain(`${join(damaged, "dormouse.json")} is not readable`);
  await rm(other, { recursive: true });
});

test("[RUN-4] a full disk is named in one sentence, whether the system or SQLite tells of it", () => {
  const [ofSystem, ofSqlite] = [
    Object.assign(new Error(), { code: "ENOSPC" }),
    new Error("database or disk is full"),
  ];
  for (const error of [ofSystem, ofSqlite])
    expect(diskFull(error, "/data")?.message).toBe("The disk of /data is full. Free some space on it.");
  expect(diskFull(new Error("database is locked"), "/data")).toBeUndefined();
});

test("[RUN-8] a second service on the same folder ends with one sentence, and the first keeps running", async () => {
  const data = join(folder, "shared");
  const first = await startHost(startCommand(folder, { DATA_DIR: data }));
  try {
    expect(await refusal({ DATA_DIR: data })).toBe(
      `Another Dormouse uses the folder ${data}. Stop it, or set DATA_DIR to another folder.`,
    );
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
  } finally {
    await first.end("SIGKILL");
  }
  // The folder is free once its processes are gone.
  const next = await startHost(startCommand(folder, { DATA_DIR: data }));
  expect(await next.end("SIGTERM")).toMatchObject({ code: 0 });
});
