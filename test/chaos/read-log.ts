import { TestSocket } from "../support/socket.ts";
import type { LogMessage, LogOperation, LogRecord } from "./records.ts";
import { isOperation, messageOf, operationOf, type WireMessage } from "./wire-message.ts";

const PAGE = 1000;
/** A reader of a long replay acknowledges after this many bytes, fewer than the service asks for, and pings. */
const ACK_BYTES = 8192;
const PING_MS = 500;

type Frame = {
  type: string;
  first: number;
  last?: number;
  at: number;
  messages: WireMessage[];
  size: number;
};

/** Reads the whole log of a room: as a returning client receives it, and page by page from its end. */
export async function readLog(port: number, room: string): Promise<LogRecord> {
  const address = `127.0.0.1:${port}/v1/rooms/${encodeURIComponent(room)}`;
  const history = await readHistory(`ws://${address}`);
  const replay = await readReplay(address);
  // The floor is read last, since the room may have trimmed messages meanwhile.
  const { floor } = await infoOf(address);
  const isKept = ({ seq }: { seq: number }) => seq > floor;
  return {
    room,
    epoch: replay.epoch,
    floor,
    last: replay.last,
    messages: replay.messages.filter(isKept),
    operations: replay.operations.filter(isKept),
    joined: replay.joined,
    history: history.filter(isKept),
  };
}

async function infoOf(address: string): Promise<{ epoch: string; seq: number; floor: number }> {
  return await (await fetch(`http://${address}`)).json();
}

async function readHistory(url: string): Promise<LogMessage[]> {
  const socket = await TestSocket.open(url, "dormouse.v1");
  try {
    const { seq } = await socket.until("welcome");
    const pages: LogMessage[][] = [];
    let before = Number(seq) + 1;
    // Each page but the last has at least one message.
    for (let more = true; more; ) {
      socket.send({ type: "history", id: "all", before, limit: PAGE });
      const page = await socket.until("history", 30_000);
      const messages = page.messages as WireMessage[];
      pages.push(messages.map(messageOf));
      before = messages[0]?.seq ?? 0;
      more = page.more === true && messages.length > 0;
    }
    return pages.reverse().flat();
  } finally {
    socket.ws.terminate();
  }
}

type Replay = Pick<LogRecord, "epoch" | "last" | "messages" | "operations" | "joined">;

async function readReplay(address: string): Promise<Replay> {
  const { epoch, seq: last, floor } = await infoOf(address);
  const replay = {
    epoch,
    last,
    messages: [] as LogMessage[],
    operations: [] as LogOperation[],
    joined: [] as [number, number][],
  };
  const socket = await TestSocket.open(`ws://${address}?cursor=${epoch}.${floor}`, "dormouse.v1");
  const pings = setInterval(() => socket.send("ping"), PING_MS);
  try {
    const welcome = await socket.until("welcome");
    if (welcome.resumed !== true)
      throw new Error(`The log of ${address} was not replayed: ${welcome.reason}`);
    let unread = 0;
    for (let seq = floor; seq < last; ) {
      const frame = await nextFrame(socket);
      for (const [i, message] of frame.messages.entries()) {
        const wire = { ...message, seq: message.seq ?? frame.first + i, at: message.at ?? frame.at };
        if (isOperation(wire)) replay.operations.push(operationOf(wire));
        else replay.messages.push(messageOf(wire));
      }
      if (frame.last !== undefined) replay.joined.push([frame.first, frame.last]);
      seq = frame.last ?? frame.first + frame.messages.length - 1;
      unread += frame.size;
      if (unread >= ACK_BYTES) {
        socket.send({ type: "received", seq });
        unread = 0;
      }
    }
    return replay;
  } finally {
    clearInterval(pings);
    socket.ws.terminate();
  }
}

/** The next frame with messages. A binary one holds a single message. */
async function nextFrame(socket: TestSocket): Promise<Frame> {
  for (;;) {
    const arrived = await socket.next(30_000);
    if ("closed" in arrived) throw new Error(`The socket was closed: ${arrived.closed} ${arrived.reason}`);
    if ("bytes" in arrived) {
      const length = arrived.bytes.readUInt32BE();
      const header = JSON.parse(arrived.bytes.toString("utf8", 4, 4 + length));
      const binary = arrived.bytes.toString("base64", 4 + length);
      return {
        type: "messages",
        first: header.seq,
        at: header.at,
        messages: [{ ...header, binary }],
        size: arrived.bytes.length,
      };
    }
    if (!arrived.text.startsWith('{"type":"messages"')) continue;
    return { ...JSON.parse(arrived.text), size: arrived.text.length };
  }
}
