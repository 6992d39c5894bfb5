import { globSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeTemporary } from "../../support/temporary.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { type Host, startHost } from "./host.ts";
import { build, checkout, startCommand } from "./tree.ts";

const BUILD_MS = 180_000;
const LISTED_MS = 20_000;
const ROOMS = ["one", "two", "three"];

let folder: string;
let host: Host;
const start = async () => {
  host = await startHost(startCommand(folder, { AUTH_SECRET: SECRET }));
};
beforeAll(async () => {
  folder = await checkout();
  await build(folder);
  await start();
}, BUILD_MS);
afterAll(async () => {
  await host?.end("SIGKILL");
  await removeTemporary(folder);
});

async function publish(room: string): Promise<number> {
  const response = await fetch(`${host.url}/v1/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: "hello" }),
  });
  const { messages } = (await response.json()) as { messages: [{ seq: number }] };
  return messages[0].seq;
}

async function list(): Promise<string> {
  const headers = { authorization: `Bearer ${token({ sub: "operator", can: ["admin"] })}` };
  const response = await fetch(`${host.url}/v1/rooms`, { headers });
  const { rooms, code } = (await response.json()) as { rooms?: { room: string }[]; code?: string };
  return `${response.status} ${code ?? rooms?.map(({ room }) => room)}`;
}

test("[DIR-2] [DIR-5] a damaged part of the list costs the rooms nothing, and the list is refused until that part is removed", async () => {
  for (const room of ROOMS) expect(await publish(room)).toBe(1);
  await expect.poll(list, { timeout: LISTED_MS }).toBe("200 one,three,two");
  await host.end("SIGKILL");
  const databases = globSync(join(folder, "data/rooms/Directory/*.sqlite*"));
  const parts = databases.filter((file) => file.endsWith(".sqlite") && !file.includes("metadata"));
  expect(parts.length).toBeGreaterThan(0);
  for (const file of databases) if (!parts.includes(file)) await rm(file);
  for (const file of parts) await writeFile(file, "this is no database".repeat(1000));

  await start();
  for (const room of ROOMS) expect(await publish(room)).toBe(2);
  await expect.poll(list, { timeout: LISTED_MS }).toBe("503 unavailable");
  for (const room of ROOMS) expect(await publish(room)).toBe(3);
  await host.end("SIGKILL");

  await rm(join(folder, "data/rooms/Directory"), { recursive: true });
  await start();
  expect(await publish("four")).toBe(1);
  await expect.poll(list, { timeout: LISTED_MS }).toBe("200 four");
});
