import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../support/service.ts";
import { TestSocket } from "../support/socket.ts";
import { SECRET } from "../support/tokens.ts";

let service: Service;
beforeAll(async () => {
  service = await startService({ AUTH_MODE: "token", AUTH_SECRET: SECRET });
});
afterAll(() => service.stop());

type Printed = { code: number; out: string; err: string };

function run(command: string, args: string[], secret: string, cwd?: string): Promise<Printed> {
  const env = { ...process.env, AUTH_SECRET: secret };
  return new Promise((settle) => {
    execFile(command, args, { env, ...(cwd === undefined ? {} : { cwd }) }, (error, out, err) => {
      settle({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

/** Runs the command through npm. */
const npm = (args: string[], secret = SECRET) => run("npm", ["run", "-s", "token", "--", ...args], secret);
/** Runs the script without npm, which is slow. */
const node = (args: string[], secret = SECRET, cwd?: string) =>
  run(process.execPath, [resolve("src/tools/token.ts"), ...args], secret, cwd);

test("[ACC-4] npm run token prints a token with the given member, room and capabilities", async () => {
  const { code, out } = await npm(["--room", "lobby", "--sub", "ada", "--can", "publish", "--for", "1h"]);
  expect(code).toBe(0);
  const token = out.trim();
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const socket = await TestSocket.open(service.room("lobby"), ["dormouse.v1", `bearer.${token}`]);
  expect(await socket.json()).toMatchObject({
    type: "welcome",
    member: "ada",
    name: "ada",
    can: ["publish"],
  });
  socket.ws.terminate();
  const { status } = await fetch(`${service.url}/v1/rooms/other`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(status).toBe(403);
});

test("[ACC-4] npm run token reads .dev.vars as Wrangler does, with its issuer and audience", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-token-"));
  try {
    const lines = [
      "AUTH_SECRET=an earlier one",
      `export AUTH_SECRET='${SECRET}' # the one that counts`,
      "AUTH_ISSUER=us",
      "AUTH_AUDIENCE=rooms",
    ];
    await writeFile(join(folder, ".dev.vars"), lines.join("\n"));
    const { code, out } = await node(["--room", "a", "--sub", "bob"], "", folder);
    expect(code).toBe(0);
    const { payload } = await jwtVerify(out.trim(), new TextEncoder().encode(SECRET), {
      issuer: "us",
      audience: "rooms",
    });
    expect(payload).toMatchObject({ sub: "bob", rooms: ["a"], can: ["read", "publish"] });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("[ACC-4] npm run token takes several rooms and capabilities, a name, and the secret of .dev.vars", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-token-"));
  try {
    await writeFile(join(folder, ".dev.vars"), `OTHER=1\nAUTH_SECRET="${SECRET}"\n`);
    const args = ["--room", "a", "--room", "team-*", "--sub", "bob", "--name", "Bob", "--can", "read,admin"];
    // The secret comes from .dev.vars in the working directory.
    const env = { ...process.env };
    delete env.AUTH_SECRET;
    const { out } = await new Promise<{ out: string }>((settle) => {
      execFile(process.execPath, [resolve("src/tools/token.ts"), ...args], { cwd: folder, env }, (_, out) =>
        settle({ out }),
      );
    });
    const offer = ["dormouse.v1", `bearer.${out.trim()}`];
    for (const room of ["a", "team-1"]) {
      const socket = await TestSocket.open(service.room(room), offer);
      expect(await socket.json()).toMatchObject({ member: "bob", name: "Bob", can: ["read", "admin"] });
      socket.ws.terminate();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("[ACC-14] npm run token warns when the running service has another secret, and prints the token", async () => {
  const other = await startService();
  const unset = await startService({ AUTH_MODE: "token" });
  const args = ["--room", "team-*", "--sub", "ada", "--url"];
  try {
    // The secret changed while the service ran, or was missing at its start.
    for (const [url, secret] of [
      [service.url, "another secret, which is in .dev.vars since"],
      [other.url, SECRET],
      [unset.url, SECRET],
    ] as const) {
      const { code, out, err } = await node([...args, url], secret);
      expect([code, out]).toEqual([0, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)]);
      expect(err).toMatch(/refuses this token[\s\S]*only when it starts[\s\S]*start it again/);
    }
    // No warning when the token is accepted, or no service runs.
    for (const url of [service.url, "http://127.0.0.1:1"]) {
      const { code, err } = await node([...args, url]);
      expect([code, err]).toEqual([0, ""]);
    }
  } finally {
    await Promise.all([other.stop(), unset.stop()]);
  }
});

const WRONG: [what: string, args: string[], sentence: RegExp][] = [
  ["no room", ["--sub", "ada"], /--room/],
  ["no sub", ["--room", "lobby"], /--sub/],
  ["an empty sub", ["--room", "lobby", "--sub", ""], /--sub/],
  ["the sub of a guest", ["--room", "lobby", "--sub", "guest_1"], /--sub.*guest_/],
  ["an unknown capability", ["--room", "lobby", "--sub", "ada", "--can", "fly"], /capability fly/],
  ["an invalid duration", ["--room", "lobby", "--sub", "ada", "--for", "soon"], /--for.*soon/],
  ["a duration of zero", ["--room", "lobby", "--sub", "ada", "--for", "0h"], /--for.*0h/],
  ["an unknown option", ["--room", "lobby", "--sub", "ada", "--secret", "x"], /--secret/],
];

test.each(WRONG)(
  "[ACC-4] npm run token with %s prints an error, no token and no secret",
  async (_what, args, why) => {
    const { code, out, err } = await node(args);
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err.split("\n")[0]).toMatch(why);
    expect(err).not.toContain(SECRET);
    expect(err).not.toMatch(/\n\s+at /);
  },
);

test("[ACC-4] npm run token without a secret explains how to generate or pass one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-token-"));
  const { code, out, err } = await node(["--room", "lobby", "--sub", "ada"], "", folder);
  await rm(folder, { recursive: true, force: true });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/no AUTH_SECRET[\s\S]*openssl[\s\S]*npm start/);
});
