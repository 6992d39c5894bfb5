import { setTimeout as sleep } from "node:timers/promises";
import { check } from "./checker/check.ts";
import type { Violation } from "./checker/violation.ts";
import { PlainClient } from "./plain-client.ts";
import { type Plan, planOf } from "./plan.ts";
import { type Participant, PlanRunner } from "./plan-runner.ts";
import { readHooks } from "./read-hooks.ts";
import { readLog } from "./read-log.ts";
import type { Records } from "./records.ts";
import { Runtime } from "./runtime.ts";
import { AUTH_SECRET, SdkClient } from "./sdk-client.ts";
import { type Summary, summarize } from "./summary.ts";

/** How long clients may take to reconnect and settle: they notice a dead connection after 11 s, and wait 20 s at most to reconnect. */
const SETTLE_MS = 45_000;
/** Plain clients are settled when none received a message for this long. */
const QUIET_MS = 500;

/** More messages than any run stores. */
const WHOLE_LOG = "1000000";

/** `output`: the end of what workerd printed. */
export type Result = { summary: Summary; violations: Violation[]; output: string };

/** Runs the plan, waits until the clients have settled, and checks their records. */
export async function run(seed: number, seconds: number): Promise<Result> {
  const plan = planOf(seed, seconds);
  const runtime = await Runtime.start(varsOf(plan));
  try {
    const runner = await PlanRunner.prepare(plan, runtime);
    const { participants } = runner;
    try {
      await runner.run();
      await settled(participants, runtime);
    } finally {
      await runner.end();
    }
    // A last kill loses what is not on disk. After it, a replay may be as long as the log.
    await runtime.restart(0, { ...varsOf(plan), RESUME_MESSAGES: WHOLE_LOG });
    const logs = await Promise.all(plan.rooms.map((room) => readLog(runtime.port, room)));
    const hooks = [await readHooks(runtime.port, plan.hookedRoom)];
    const stored = await runtime.storedLabels();
    const clients = participants.map(({ client }) => client);
    const records: Records = {
      replay: plan.settings.resumeMessages,
      members: clients.flatMap((client) => (client instanceof SdkClient ? [client.record] : [])),
      plain: clients.flatMap((client) => (client instanceof PlainClient ? [client.record] : [])),
      logs,
      hooks,
      stored,
    };
    return { summary: summarize(runner.faults, records), violations: check(records), output: runtime.output };
  } finally {
    await runtime.stop();
  }
}

function varsOf({ settings }: Plan): Record<string, string> {
  return {
    RESUME_MESSAGES: String(settings.resumeMessages),
    HISTORY_MESSAGES: String(settings.historyMessages),
    MESSAGE_BYTES: String(settings.messageBytes),
    // No rate limit, and short heartbeats and grace periods.
    PUBLISH_RATE: "0",
    READ_RATE: "0",
    AUTH_SECRET,
    HEARTBEAT_SECONDS: "1",
    LEAVE_GRACE_MS: "500",
    // A small window, so that clients fall behind and catch up often.
    ACK_BYTES: "16384",
  };
}

/** Waits until all clients have settled. After SETTLE_MS the checker reports what is missing. */
async function settled(participants: readonly Participant[], runtime: Runtime): Promise<void> {
  const until = Date.now() + SETTLE_MS;
  let received = -1;
  let quietSince = Date.now();
  while (Date.now() < until) {
    const plain = participants.flatMap(({ client }) => (client instanceof PlainClient ? [client] : []));
    const now = plain.reduce((sum, client) => sum + client.received, 0);
    if (now !== received) quietSince = Date.now();
    received = now;
    const quiet = Date.now() - quietSince >= QUIET_MS && plain.every((client) => client.isOpen);
    if (quiet && (await membersSettled(participants, runtime))) return;
    await sleep(100);
  }
}

async function membersSettled(participants: readonly Participant[], { port }: Runtime): Promise<boolean> {
  const ends = new Map<string, string>();
  for (const { client } of participants) {
    if (!(client instanceof SdkClient)) continue;
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
