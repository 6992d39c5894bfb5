import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Follower } from "../../support/follower.ts";
import { eventually } from "../../support/socket.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";

let service: Workerd;

beforeAll(async () => {
  service = await startWorkerd({ vars: { HEARTBEAT_SECONDS: "2", PUBLISH_RATE: "0" } });
});
afterAll(() => service?.stop());

const events = (room: string, query = "") => `${service.url}/v1/rooms/${room}/events${query}`;

async function post(room: string, body: object): Promise<void> {
  const answer = await fetch(`${service.url}/v1/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
}

async function countOf(room: string): Promise<number> {
  const info: { count: number } = await (await fetch(`${service.url}/v1/rooms/${room}`)).json();
  return info.count;
}

test("[API-7] an event stream that disconnects leaves the room within two heartbeats", async () => {
  const follower = await Follower.open(events("ghosts"));
  await eventually(() => follower.events.length === 1);
  expect(await countOf("ghosts")).toBe(1);
  follower.cut();
  await eventually(async () => (await countOf("ghosts")) === 0, 6000);
});

test("[API-6] an event stream that reconnects 20 times during 2,000 messages gets each once and in order", async () => {
  const room = "cuts";
  const all = Array.from({ length: 2000 }, (_, i) => i + 1);
  let follower = await Follower.open(events(room));
  await eventually(() => follower.events.length === 1);
  const seen: number[] = [];
  let cuts = 0;
  const take = () => void seen.push(...follower.messages().map(({ seq }) => seq));
  const posting = (async () => {
    for (let i = 0; i < 2000; i += 20) {
      await post(room, { messages: all.slice(i, i + 20).map((data) => ({ data })) });
    }
  })();
  while (cuts < 20) {
    const until = (cuts + 1) * 95;
    await eventually(() => seen.length + follower.messages().length >= until, 20_000);
    follower.cut();
    await follower.ended;
    take();
    follower = await Follower.open(events(room), follower.lastId);
    cuts++;
  }
  await posting;
  await eventually(() => seen.length + follower.messages().length >= 2000, 20_000);
  take();
  follower.cut();
  expect(seen).toEqual(all);
});

test("[API-6] an event stream that pauses reading gets the rest in order over the same connection", async () => {
  const room = "slow";
  const asked = get(events(room));
  const [stream]: IncomingMessage[] = await once(asked, "response");
  await eventually(async () => (await countOf(room)) === 1);
  // Many times the size of a window and of both kernels' socket buffers.
  const data = "x".repeat(200_000);
  const count = 200;
  for (let sent = 0; sent < count; sent++) await post(room, { data: `${sent} ${data}` });
  const seqs: number[] = [];
  let rest = "";
  for await (const chunk of stream?.setEncoding("utf8") ?? []) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("id: ")) seqs.push(Number(line.split(".").at(-1)));
    if (seqs.at(-1) === count) break;
  }
  // The first id is the position event's.
  expect(seqs).toEqual(Array.from({ length: count + 1 }, (_, i) => i));
  asked.destroy();
});
