import { SECRET, token } from "../../support/tokens.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row, Scale } from "./row.ts";

const ROOMS = 10_000;
const AT_ONCE = 1000;
const BATCH = 100;
const PAGES = 30;
const WAIT_MS = 60_000;

/** The list of active rooms: how long a page takes, and how soon rooms that begin at once are in it. */
export const rows: readonly Row[] = [
  { name: "directory", about: `pages of the list of ${ROOMS} rooms`, isLong: true, run },
];

async function run({ isFull }: Scale): Promise<Figures> {
  const service = await startWorkerd({ vars: { AUTH_SECRET: SECRET, PUBLISH_RATE: "0", READ_RATE: "0" } });
  try {
    const began = performance.now();
    await publish(service, "start", 0, AT_ONCE);
    await untilListed(service, "start", AT_ONCE);
    const listed = performance.now() - began;
    // In steps, so that the objects of earlier rooms can leave the memory.
    for (let from = AT_ONCE; from < ROOMS; from += AT_ONCE) {
      await publish(service, "start", from, from + AT_ONCE);
      await untilListed(service, "start", from + AT_ONCE);
    }
    const pages = isFull ? 3 * PAGES : PAGES;
    return {
      rooms: ROOMS,
      [`s until ${AT_ONCE} rooms that begin at once are listed`]: listed / 1000,
      ...(await pageTimes(service, 100, pages)),
      ...(await pageTimes(service, 1000, pages)),
    };
  } finally {
    await service.stop();
  }
}

async function publish({ url }: Workerd, prefix: string, from: number, to: number): Promise<void> {
  const headers = { authorization: `Bearer ${operator()}`, "content-type": "application/json" };
  for (let first = from; first < to; first += BATCH) {
    const rooms = Array.from({ length: Math.min(BATCH, to - first) }, (_, i) => `${prefix}-${first + i}`);
    const body = JSON.stringify({ rooms, data: "hello" });
    const { status } = await fetch(`${url}/v1/messages`, { method: "POST", headers, body });
    if (status !== 201) throw new Error(`A publish was answered with ${status}.`);
  }
}

/** Reads the list to its end until it has so many rooms. */
async function untilListed(service: Workerd, prefix: string, count: number): Promise<void> {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    let found = 0;
    let after = "";
    for (let more = true; more; ) {
      const page = await pageOf(service, `prefix=${prefix}&limit=1000&after=${after}`);
      found += page.rooms.length;
      after = page.rooms.at(-1)?.room ?? after;
      more = page.more;
    }
    if (found === count) return;
    if (performance.now() > end) throw new Error(`${found} of ${count} rooms are listed after a minute.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function pageTimes(service: Workerd, limit: number, pages: number): Promise<Figures> {
  const times: number[] = [];
  let after = "";
  for (let i = 0; i < pages; i++) {
    const began = performance.now();
    const { rooms, more } = await pageOf(service, `limit=${limit}&after=${after}`);
    times.push(performance.now() - began);
    if (rooms.length !== limit) throw new Error(`A page has ${rooms.length} rooms, not ${limit}.`);
    after = more && ROOMS - i * limit > 2 * limit ? (rooms.at(-1)?.room ?? "") : "";
  }
  return {
    [`ms a page of ${limit}, median`]: quantile(times, 0.5),
    [`ms a page of ${limit}, 95th percentile`]: quantile(times, 0.95),
  };
}

async function pageOf(
  { url }: Workerd,
  query: string,
): Promise<{ rooms: { room: string }[]; more: boolean }> {
  const answer = await fetch(`${url}/v1/rooms?${query}`, {
    headers: { authorization: `Bearer ${operator()}` },
  });
  if (!answer.ok) throw new Error(`The list was answered with ${answer.status}.`);
  return (await answer.json()) as { rooms: { room: string }[]; more: boolean };
}

let made: string | undefined;
function operator(): string {
  made ??= token({ sub: "operator", can: ["publish", "admin"] });
  return made;
}
