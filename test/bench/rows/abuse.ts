import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { usageOf } from "../../support/process-usage.ts";
import { TestSocket } from "../../support/socket.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { publishLatencies } from "../load/publish-latency.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row, Scale } from "./row.ts";

const ROOM = "abuse";
const MESSAGES = 60;
/** The history of the room: 38 MB. */
const HISTORY = { messages: 190, bytes: 200_000 } as const;
const MEMBERS = { short: 1000, full: 4000 } as const;
const NAMED = 100;

/** The latency of a quiet member beside a client that requests as much as the default limits allow. */
export const rows: readonly Row[] = [
  {
    name: "reads",
    about:
      "a quiet member beside one address that reads pages of a history of 38 MB, and asks for their tags",
    run: async () => ({ ...(await reading("tags")), ...(await reading("pages")) }),
  },
  {
    name: "replays",
    about: "a quiet member beside one address that joins 30 times a second, each time with a replay of 38 MB",
    run: () => reading("replays"),
  },
  {
    name: "signals",
    about: `a quiet member of a large room beside one that sends 50 signals a second to ${NAMED} members each`,
    run: (scale) => crowded(scale, "signals"),
  },
  {
    name: "leaves",
    about: "a quiet member of a large room that all others leave at once",
    run: (scale) => crowded(scale, "leaves"),
  },
];

async function reading(kind: "tags" | "pages" | "replays"): Promise<Figures> {
  const service = await startWorkerd({ vars: { PUBLISH_RATE: "0" } });
  try {
    await publishHistory(service);
    const quiet = await TestSocket.open(service.room(ROOM), "dormouse.v1");
    const alone = await medians(quiet, "alone");
    const abuser = await startAbuse(service, kind);
    const beside = await medians(quiet, "beside");
    const { answered, refused } = await abuser.end();
    const { rssMB } = usageOf(service.pid);
    quiet.ws.terminate();
    return {
      [`${kind}: alone p50, ms`]: alone.p50,
      [`${kind}: beside p50, ms`]: beside.p50,
      [`${kind}: p50 ratio`]: beside.p50 / alone.p50,
      [`${kind}: worst beside, ms`]: beside.worst,
      [`${kind}: answered`]: answered,
      [`${kind}: refused`]: refused,
      [`${kind}: workerd RSS, MB`]: rssMB,
    };
  } finally {
    await service.stop();
  }
}

async function crowded({ isFull }: Scale, kind: "signals" | "leaves"): Promise<Figures> {
  const service = await startWorkerd({ vars: { MEMBERS_LISTED: "0", HEARTBEAT_SECONDS: "3600" } });
  try {
    const members = isFull ? MEMBERS.full : MEMBERS.short;
    const others: TestSocket[] = [];
    while (others.length < members)
      others.push(...(await Promise.all(Array.from({ length: 50 }, () => open(service)))));
    const named = await Promise.all(
      others.slice(0, NAMED).map(async (other) => String((await other.until("welcome")).member)),
    );
    const quiet = await open(service);
    const alone = await medians(quiet, "alone");
    const abuser = kind === "signals" ? await startAbuse(service, kind, named) : undefined;
    if (abuser === undefined) for (const { ws } of others) ws.close(1000);
    const beside = await medians(quiet, "beside");
    await abuser?.end();
    for (const { ws } of [...others, quiet]) ws.terminate();
    return {
      members,
      "alone p50, ms": alone.p50,
      "beside p50, ms": beside.p50,
      "p50 ratio": beside.p50 / alone.p50,
      "worst beside, ms": beside.worst,
    };
  } finally {
    await service.stop();
  }
}

const open = (service: Workerd) => TestSocket.open(service.room(ROOM), "dormouse.v1");

async function medians(quiet: TestSocket, tag: string): Promise<{ p50: number; worst: number }> {
  const taken = (await publishLatencies(quiet, tag, MESSAGES)).map(({ ms }) => ms);
  return { p50: quantile(taken, 0.5), worst: Math.max(...taken) };
}

async function startAbuse(service: Workerd, kind: string, named: readonly string[] = []) {
  const child = fork(join(import.meta.dirname, "../load/abusive-client.ts"), [service.url, ROOM, kind], {
    env: { ...process.env, NAMED: JSON.stringify(named) },
  });
  await once(child, "message");
  return {
    async end(): Promise<{ answered: number; refused: number }> {
      child.send("report");
      const [counts] = await once(child, "message");
      child.kill();
      await once(child, "exit");
      return counts;
    },
  };
}

async function publishHistory(service: Workerd): Promise<void> {
  const publisher = await TestSocket.open(service.room(ROOM), "dormouse.v1", {
    "cf-connecting-ip": "192.0.2.1",
  });
  for (let i = 0; i < HISTORY.messages; ) {
    const id = `fill${i}`;
    publisher.send({ type: "publish", id, data: "x".repeat(HISTORY.bytes) });
    const frame = await publisher.json(20_000);
    if (frame.type === "messages") publisher.send({ type: "received", seq: ++i });
    else if (frame.type === "error")
      await new Promise((resolve) => setTimeout(resolve, Number(frame.retryAfter)));
  }
  publisher.ws.terminate();
}
