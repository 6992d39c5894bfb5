import { joinRoom } from "../../../src/client/index.ts";
import type { SocketLike } from "../../../src/client/options.ts";
import { median } from "../load/measure.ts";
import type { Figures, Row, Scale } from "./row.ts";

const MESSAGES = 200_000;
const PER_FRAME = [1, 50] as const;

/** The CPU time of the client per message, from the text of a frame to a listener. */
export const rows: readonly Row[] = [
  { name: "decode", about: "the client library takes frames of 1 and of 50 messages in", run: decode },
];

async function decode({ isFull }: Scale): Promise<Figures> {
  const figures: Figures = {};
  for (const perFrame of PER_FRAME) {
    const client: number[] = [];
    const parse: number[] = [];
    for (let round = 0; round < (isFull ? 15 : 5); round++) {
      const frames = framesOf(perFrame);
      client.push(await timeClient(frames));
      parse.push(timed(() => frames.map((frame) => JSON.parse(frame))));
    }
    figures[`${perFrame} a frame, us/message`] = median(client);
    figures[`${perFrame} a frame, JSON.parse alone, us/message`] = median(parse);
  }
  return figures;
}

function framesOf(perFrame: number): string[] {
  return Array.from({ length: MESSAGES / perFrame }, (_, i) => {
    const messages = Array.from({ length: perFrame }, (_, j) => ({
      id: `m${i}-${j}`,
      from: "guest_0123456789abcdef",
      name: "Ada",
      data: "x".repeat(64),
    }));
    return JSON.stringify({ type: "messages", first: i * perFrame + 1, at: 1_800_000_000_000 + i, messages });
  });
}

/** Microseconds per message. @throws if the listener did not get every message in order */
async function timeClient(frames: readonly string[]): Promise<number> {
  const socket: SocketLike & { onmessage: ((event: { data: string }) => void) | null } = {
    binaryType: "",
    onmessage: null,
    onclose: null,
    onerror: null,
    send() {},
    close() {},
  };
  const room = joinRoom("decode", { host: "127.0.0.1", cursor: null, socket: () => socket });
  let last = 0;
  room.on("message", ({ seq }) => {
    if (seq !== last + 1) throw new Error(`The client delivered ${seq} after ${last}.`);
    last = seq;
  });
  while (socket.onmessage === null) await new Promise((resolve) => setImmediate(resolve));
  const receive = socket.onmessage;
  receive({ data: WELCOME });
  const us = timed(() => {
    for (const data of frames) receive({ data });
  });
  room.leave();
  if (last !== MESSAGES) throw new Error(`The client delivered ${last} of ${MESSAGES} messages.`);
  return us;
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return (1000 * (performance.now() - start)) / MESSAGES;
}

const WELCOME = JSON.stringify({
  type: "welcome",
  session: "s",
  member: "guest_0",
  name: "Guest",
  epoch: "e",
  seq: 0,
  resumed: false,
  can: ["read"],
  heartbeat: 30,
  limits: {},
  members: [],
  count: 1,
});
