import { env } from "cloudflare:workers";
import { shardOf } from "../../src/directory/shards.ts";
import type { DirectoryStub, RoomActivity, RoomReport } from "../../src/rpc/directory.ts";
import { marked } from "../../src/rpc/worker-mark.ts";

const DAY_MS = 86_400_000;

export function activityOf(of: Partial<RoomActivity> = {}): RoomActivity {
  const now = Date.now();
  return { members: 1, sockets: 1, seq: 7, rate: 3, activeAt: now, until: now + DAY_MS, ...of };
}

/** Sends a report as a room does. */
export async function report(room: string, of: Partial<RoomReport> = {}): Promise<Response> {
  const body = { room, object: `object of ${room}`, at: Date.now(), activity: activityOf(), ...of };
  const request = new Request("https://directory/", { method: "POST", body: JSON.stringify(body) });
  return await shardWith(room).fetch(marked(request));
}

export function shardWith(room: string): DirectoryStub {
  return env.DIRECTORY.getByName(shardOf(room)) as unknown as DirectoryStub;
}
