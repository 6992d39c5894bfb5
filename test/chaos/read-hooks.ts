import { setTimeout as sleep } from "node:timers/promises";
import type { HookRecord } from "./records.ts";

/** The answer of the room, see worker/worker.ts. */
type Answer = Pick<HookRecord, "seq" | "published" | "handled"> & {
  answered: { seq: number }[];
  disordered: { seq: number }[];
};

/** How long `onMessage` may take to catch up after the run, with the waits before it is tried again. */
const CATCH_UP_MS = 60_000;

const BOT = "bot";

/** `onMessage` does not get messages that were deleted before their turn, so the last one may not come: it is done if nothing comes. */
const QUIET_MS = 5000;

/** Reads what the hooks of a room have written, once `onMessage` has handled all messages. */
export async function readHooks(port: number, room: string): Promise<HookRecord> {
  const until = Date.now() + CATCH_UP_MS;
  let last = -1;
  let since = Date.now();
  for (;;) {
    const answer = await read(port, room);
    const now = answer.handled.at(-1)?.seq ?? 0;
    if (now !== last) since = Date.now();
    last = now;
    const isDone = last >= answer.seq || Date.now() - since > QUIET_MS || Date.now() > until;
    if (isDone) return recordOf(room, answer);
    await sleep(200);
  }
}

async function read(port: number, room: string): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/rooms/${encodeURIComponent(room)}/custom/record`);
  if (!response.ok) throw new Error(`The hooks of ${room} could not be read: ${await response.text()}`);
  return await response.json();
}

function recordOf(room: string, { seq, published, handled, answered, disordered }: Answer): HookRecord {
  return {
    room,
    seq,
    published,
    handled,
    disordered: disordered.map((each) => each.seq),
    bot: BOT,
    answers: answered.map((each) => `answer-${each.seq}`),
  };
}
