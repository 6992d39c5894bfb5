import { setTimeout as sleep } from "node:timers/promises";
import { median, ratio } from "../load/measure.ts";
import { StreamRoom } from "../load/stream-room.ts";
import { rowsOfOperations } from "../log-rows.ts";
import { dormouse } from "../peers/contenders.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row } from "./row.ts";

const READERS = 100;
const APPENDS = 2000;
const RATE = 50;
/** The load alternates between appends and plain messages, so many of each at a time. */
const ROUND = 100;

/** An answer that is written word by word, as a language model does it. */
export const rows: readonly Row[] = [
  {
    name: "stream",
    about: `${APPENDS} appends to one message, ${RATE} a second, with ${READERS} readers`,
    run: stream,
  },
];

async function stream(): Promise<Figures> {
  const service = await dormouse.start();
  try {
    const plain = await StreamRoom.open(service.room("plain"), READERS);
    const appends = await StreamRoom.open(service.room("appends"), READERS);
    appends.publish({ id: "target", data: "" });
    await appends.settled(1);
    const before = appends.frames;
    const rounds: { plain: Figures[]; appends: Figures[] } = { plain: [], appends: [] };
    for (let from = 0; from < APPENDS; from += ROUND) {
      rounds.plain.push(await publish(plain, from, from, {}));
      rounds.appends.push(await publish(appends, from, from + 1, { op: "append", target: 1 }));
    }
    const frames = appends.frames - before;
    const text = Array.from({ length: APPENDS }, (_, i) => piece(i)).join("");
    checkAppends(appends, text);
    const joined = await appends.join(APPENDS + 1);
    const [message] = joined.messages;
    if (joined.messages.length !== 1 || message?.data !== text)
      throw new Error("The reader that joined at the end got another text.");
    for (const room of [plain, appends]) room.leave();
    await service.kill();
    const logRows = rowsOfOperations(service.storage, APPENDS);
    return {
      readers: READERS,
      appends: APPENDS,
      "appends/s": RATE,
      "frames/append": frames / APPENDS,
      "log rows": logRows,
      "log rows/append": logRows / APPENDS,
      "p50 of a message, ms": median(rounds.plain.map((each) => each["p50, ms"] ?? 0)),
      "p50 of an append, ms": median(rounds.appends.map((each) => each["p50, ms"] ?? 0)),
      "p99 of a message, ms": median(rounds.plain.map((each) => each["p99, ms"] ?? 0)),
      "p99 of an append, ms": median(rounds.appends.map((each) => each["p99, ms"] ?? 0)),
      "p50, times": ratio("p50, ms", rounds.appends, rounds.plain),
      "bytes of the text": Buffer.byteLength(text),
      "bytes of a late join": joined.bytes,
      "late join, times": joined.bytes / Buffer.byteLength(text),
    };
  } finally {
    await service.stop();
  }
}

/** Publishes a round at the rate. @param before how many messages the room has */
async function publish(
  room: StreamRoom,
  from: number,
  before: number,
  operation: { op?: string; target?: number },
): Promise<Figures> {
  room.latencies = [];
  const start = performance.now();
  for (let i = 0; i < ROUND; i++) {
    const wait = start + (1000 * i) / RATE - performance.now();
    if (wait > 0) await sleep(wait);
    room.publish({ id: `piece-${from + i}`, data: piece(from + i), ...operation });
  }
  await room.settled(before + ROUND);
  return { "p50, ms": quantile(room.latencies, 0.5), "p99, ms": quantile(room.latencies, 0.99) };
}

function piece(i: number): string {
  return `word${i} `;
}

/** Every reader has the same frames, and these must give the text, with no character doubled or missing. */
function checkAppends({ messages }: StreamRoom, text: string): void {
  let folded = "";
  for (const { id, data, offset } of messages.slice(1)) {
    if (offset !== folded.length)
      throw new Error(`The append ${id} begins at ${offset}, not at ${folded.length}.`);
    folded += data;
  }
  if (folded !== text) throw new Error("The appends do not give the text.");
}
