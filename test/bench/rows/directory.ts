import { loadavg } from "node:os";
import { SECRET, token } from "../../support/tokens.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { addRooms, reportTimesIn } from "../directory-tables.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row } from "./row.ts";

const ROOMS = 10_000;
const AT_ONCE = 1000;
const BATCH = 100;
/** The first reads compile code and fill caches. */
const WARM_UP = 20;
const READS = 200;
const WAIT_MS = 300_000;
const PREFIX = "start-";

type Page = { rooms: { room: string; seq: number }[]; more: boolean };

/** The list of active rooms: how long a page takes, and how soon rooms that begin at once are in it. */
export const rows: readonly Row[] = [
  { name: "directory", about: `pages of the list of ${ROOMS} rooms`, isLong: true, run },
];

async function run(): Promise<Figures> {
  let service = await startWorkerd({ vars: { AUTH_SECRET: SECRET, PUBLISH_RATE: "0", READ_RATE: "0" } });
  try {
    const began = Date.now();
    await publish(service, 0, AT_ONCE);
    const published = Date.now();
    await untilListed(service, AT_ONCE);
    const listed = Date.now();
    const times = reportTimesIn(service.storage);
    await service.kill();
    addRooms(
      service.storage,
      Array.from({ length: ROOMS - AT_ONCE }, (_, i) => `${PREFIX}${AT_ONCE + i}`),
    );
    service = await service.restart();
    await untilListed(service, ROOMS);
    return {
      rooms: ROOMS,
      [`s until ${AT_ONCE} rooms that begin at once have a message`]: (published - began) / 1000,
      "s until all of them are listed": (listed - began) / 1000,
      "s from the first report to the last": ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000,
      "reports in the busiest 100 ms": mostWithin(times, 100),
      ...(await pageTimes(service, 100)),
      ...(await pageTimes(service, 1000)),
      // The last of these names are the last of all.
      ...(await pageTimes(service, 100, `${PREFIX}99`)),
      "load average": loadavg()[0] ?? Number.NaN,
    };
  } finally {
    await service.stop();
  }
}

/** Publishes a message to each of these rooms, to all at once. */
async function publish({ url }: Workerd, from: number, to: number): Promise<void> {
  const headers = { authorization: `Bearer ${operator()}`, "content-type": "application/json" };
  const posts: Promise<Response>[] = [];
  for (let first = from; first < to; first += BATCH) {
    const rooms = Array.from({ length: Math.min(BATCH, to - first) }, (_, i) => `${PREFIX}${first + i}`);
    const body = JSON.stringify({ rooms, data: "hello" });
    posts.push(fetch(`${url}/v1/messages`, { method: "POST", headers, body }));
  }
  for (const { status } of await Promise.all(posts))
    if (status !== 201) throw new Error(`A publish was answered with ${status}.`);
}

/** Reads the list to its end until it has exactly the first so many rooms, each with its message. */
async function untilListed(service: Workerd, count: number): Promise<void> {
  const expected = Array.from({ length: count }, (_, i) => `${PREFIX}${i}`).sort();
  const end = performance.now() + WAIT_MS;
  for (;;) {
    const found: string[] = [];
    for (let more = true; more; ) {
      const page = await pageOf(service, `limit=1000&after=${found.at(-1) ?? ""}`);
      found.push(...page.rooms.filter(({ seq }) => seq === 1).map(({ room }) => room));
      more = page.more;
    }
    if (found.join() === expected.join()) return;
    if (performance.now() > end)
      throw new Error(`${found.length} of ${count} rooms are listed after five minutes.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** The most of these times that lie within so many milliseconds. @param times sorted */
function mostWithin(times: readonly number[], ms: number): number {
  return Math.max(...times.map((time, i) => times.slice(i).filter((each) => each < time + ms).length));
}

async function pageTimes(service: Workerd, limit: number, prefix = ""): Promise<Figures> {
  const times: number[] = [];
  let after = "";
  for (let i = 0; i < WARM_UP + READS; i++) {
    const began = performance.now();
    const { rooms, more } = await pageOf(service, `limit=${limit}&prefix=${prefix}&after=${after}`);
    if (i >= WARM_UP) times.push(performance.now() - began);
    if (rooms.length !== limit && more) throw new Error(`A page has ${rooms.length} rooms, not ${limit}.`);
    after = prefix === "" && more && rooms.length === limit ? (rooms.at(-1)?.room ?? "") : "";
  }
  const what = `ms a page of ${limit}${prefix === "" ? "" : ", by a late prefix"}`;
  return {
    [`${what}, median`]: quantile(times, 0.5),
    [`${what}, 95th percentile`]: quantile(times, 0.95),
  };
}

async function pageOf({ url }: Workerd, query: string): Promise<Page> {
  const answer = await fetch(`${url}/v1/rooms?${query}`, {
    headers: { authorization: `Bearer ${operator()}` },
  });
  if (!answer.ok) throw new Error(`The list was answered with ${answer.status}.`);
  return (await answer.json()) as Page;
}

let made: string | undefined;
function operator(): string {
  made ??= token({ sub: "operator", can: ["publish", "admin"] });
  return made;
}
