import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestSocket } from "../../support/socket.ts";
import { removeTemporary } from "../../support/temporary.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { type Host, startHost } from "./host.ts";
import { build, checkout, startCommand } from "./tree.ts";

const BUILD_MS = 180_000;
const LISTED_MS = 20_000;
const FIXTURE = join(import.meta.dirname, "earlier");
/** The guest key of the reader that `write-rooms.ts` is. */
const ADA = { authorization: "Bearer ada-ada-ada-ada-ada" };

type Page = { epoch: string; messages: object[]; more: boolean };
type Rooms = Record<"kitchen" | "quiet", { state: { epoch: string; seq: number }; page: Page }>;

let folder: string;
let host: Host;
let earlier: Rooms;
beforeAll(async () => {
  folder = await checkout();
  await build(folder);
  earlier = JSON.parse(await readFile(join(FIXTURE, "history.json"), "utf8"));
  await cp(join(FIXTURE, "data"), join(folder, "data"), { recursive: true });
  // The messages keep their dates, so they are older each day that this test runs.
  host = await startHost(startCommand(folder, { HISTORY_DAYS: "36500", AUTH_SECRET: SECRET }));
}, BUILD_MS);
afterAll(async () => {
  await host?.end("SIGKILL");
  await removeTemporary(folder);
});

async function get(path: string, headers: Record<string, string> = ADA): Promise<unknown> {
  const response = await fetch(`${host.url}/v1/${path}`, { headers });
  expect([path, response.status]).toEqual([path, 200]);
  return response.json();
}

async function listed(): Promise<object[]> {
  const { rooms } = (await get("rooms", {
    authorization: `Bearer ${token({ sub: "operator", can: ["admin"] })}`,
  })) as { rooms: object[] };
  return rooms;
}

/** The seqs that a socket receives, up to the last one. */
async function seqsOf(socket: TestSocket, last: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.at(-1) !== last) {
    const arrived = await socket.next();
    if ("bytes" in arrived) seqs.push(headerOf(arrived.bytes).seq);
    if (!("text" in arrived) || !arrived.text.startsWith('{"type":"messages"')) continue;
    const { first, messages }: { first: number; messages: object[] } = JSON.parse(arrived.text);
    seqs.push(...messages.map((_, i) => first + i));
  }
  return seqs;
}

/** The header of a binary message. */
function headerOf(frame: Buffer): { seq: number } {
  return JSON.parse(frame.toString("utf8", 4, 4 + frame.readUInt32BE(0)));
}

describe("a data folder of a version without a list of rooms", () => {
  test("[OPER-10] has no part of the list", async () => {
    expect(await readdir(join(FIXTURE, "data/rooms"))).toEqual(["Room"]);
  });

  test("[OPER-10] has its whole history, and a cursor of that version is honoured", async () => {
    for (const [room, { state, page }] of Object.entries(earlier)) {
      expect(await get(`rooms/${room}/messages?limit=1000`)).toEqual(page);
      expect(await get(`rooms/${room}`)).toMatchObject(state);
    }
    const { epoch, seq } = earlier.kitchen.state;
    const socket = await TestSocket.open(host.room("kitchen", `?cursor=${epoch}.0`), "dormouse.v1");
    expect(await socket.until("welcome")).toMatchObject({ epoch, seq, resumed: true });
    expect(await seqsOf(socket, seq)).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
    socket.ws.close(1000);
  });

  test("[OPER-10] goes on with the next seq, and lists a room once it is used", async () => {
    expect(await listed()).not.toContainEqual(expect.objectContaining({ room: "quiet" }));
    const { epoch, seq } = earlier.quiet.state;
    const response = await fetch(`${host.url}/v1/rooms/quiet/messages`, {
      method: "POST",
      headers: { ...ADA, "content-type": "application/json" },
      body: JSON.stringify({ data: "one more" }),
    });
    expect(await response.json()).toMatchObject({ epoch, messages: [{ seq: seq + 1, dup: false }] });
    await expect
      .poll(listed, { timeout: LISTED_MS })
      .toContainEqual(expect.objectContaining({ room: "quiet", seq: seq + 1 }));
    expect(await get("rooms/quiet/messages?limit=1000")).toMatchObject({
      epoch,
      messages: [...earlier.quiet.page.messages, { seq: seq + 1, data: "one more" }],
    });
  });
});
