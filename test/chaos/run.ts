import { setTimeout as sleep } from "node:timers/promises";
import { check } from "./checker/check.ts";
import type { Breach } from "./checker/violation.ts";
import { type Party, Storm } from "./fault-injector.ts";
import { PlainClient } from "./plain-client.ts";
import { type Plan, planOf } from "./plan.ts";
import { readLog } from "./read-log.ts";
import type { Records } from "./records.ts";
import { Runtime } from "./runtime.ts";
import { Member } from "./sdk-client.ts";
import { type Tally, tallyOf } from "./summary.ts";

/** Within this every client must be back and have settled: a dead connection is noticed after 11 s, the longest wait is 20 s. */
const SETTLE_MS = 45_000;
/** Nothing has come to any plain client for so long: nothing comes any more. */
const QUIET_MS = 500;

/** `output`: the last words of the runtime. */
export type Result = { tally: Tally; breaches: Breach[]; output: string };

/** A storm, the calm after it, and the verdict. */
export async function run(seed: number, seconds: number): Promise<Result> {
  const plan = planOf(seed, seconds);
  const runtime = await Runtime.start(varsOf(plan));
  try {
    const storm = await Storm.prepare(plan, runtime);
    const { parties } = storm;
    try {
      await storm.rage();
      await settled(parties, runtime);
    } finally {
      await storm.end();
    }
    // What was seen and acknowledged to the very last is on disk, or this takes it away.
    await runtime.restart(0);
    const logs = await Promise.all(plan.rooms.map((room) => readLog(runtime.port, room)));
    const clients = parties.map(({ client }) => client);
    const records: Records = {
      replay: plan.settings.resumeMessages,
      members: clients.flatMap((client) => (client instanceof Member ? [client.record] : [])),
      plain: clients.flatMap((client) => (client instanceof PlainClient ? [client.record] : [])),
      logs,
    };
    return { tally: tallyOf(storm.deeds, records), breaches: check(records), output: runtime.output };
  } finally {
    await runtime.stop();
  }
}

function varsOf({ settings }: Plan): Record<string, string> {
  return {
    RESUME_MESSAGES: String(settings.resumeMessages),
    HISTORY_MESSAGES: String(settings.historyMessages),
    MESSAGE_BYTES: String(settings.messageBytes),
    // Nobody is slowed down, a dead connection is soon seen, and who left does not keep a room awake for long.
    PUBLISH_RATE: "0",
    HEARTBEAT_SECONDS: "1",
    LEAVE_GRACE_MS: "500",
    // Windows so small that clients fall behind and are caught up again and again.
    ACK_BYTES: "16384",
  };
}

/** Waits until all have come to rest, or the time for that is over: what is amiss then, the checker finds. */
async function settled(parties: readonly Party[], runtime: Runtime): Promise<void> {
  const until = Date.now() + SETTLE_MS;
  let received = -1;
  let quietSince = Date.now();
  while (Date.now() < until) {
    const plain = parties.flatMap(({ client }) => (client instanceof PlainClient ? [client] : []));
    const now = plain.reduce((sum, client) => sum + client.received, 0);
    if (now !== received) quietSince = Date.now();
    received = now;
    const quiet = Date.now() - quietSince >= QUIET_MS && plain.every((client) => client.isOpen);
    if (quiet && (await membersSettled(parties, runtime))) return;
    await sleep(100);
  }
}

async function membersSettled(parties: readonly Party[], { port }: Runtime): Promise<boolean> {
  const ends = new Map<string, string>();
  for (const { client } of parties) {
    if (!(client instanceof Member)) continue;
    const { room } = client.record;
    const end = ends.get(room) ?? (await endOf(port, room));
    ends.set(room, end);
    if (!client.hasSettled(end)) return false;
  }
  return true;
}

async function endOf(port: number, room: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/rooms/${encodeURIComponent(room)}`);
  const { epoch, seq }: { epoch: string; seq: number } = await answer.json();
  return `${epoch}.${seq}`;
}
