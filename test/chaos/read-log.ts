import { TestSocket } from "../support/socket.ts";
import type { Data, LogMessage, LogRecord } from "./records.ts";

/** A message of a `history` frame, see docs/PROTOCOL.md. */
type Listed = { seq: number; id: string; data?: unknown; binary?: string };

const PAGE = 1000;

/** Reads the whole log of a room over a socket, page by page from its end. */
export async function readLog(port: number, room: string): Promise<LogRecord> {
  const address = `127.0.0.1:${port}/v1/rooms/${encodeURIComponent(room)}`;
  const socket = await TestSocket.open(`ws://${address}`, "dormouse.v1");
  try {
    const { epoch, seq } = await socket.until("welcome");
    const pages: LogMessage[][] = [];
    let before = Number(seq) + 1;
    // Each page but the last has at least one message.
    for (let more = true; more; ) {
      socket.send({ type: "history", id: "all", before, limit: PAGE });
      const page = await socket.until("history", 30_000);
      const messages = page.messages as Listed[];
      pages.push(messages.map(({ seq, id, ...rest }) => ({ seq, id, data: dataOf(rest) })));
      before = messages[0]?.seq ?? 0;
      more = page.more === true && messages.length > 0;
    }
    // The floor is read last, since the room may have trimmed messages meanwhile.
    const { floor }: { floor: number } = await (await fetch(`http://${address}`)).json();
    const messages = pages
      .reverse()
      .flat()
      .filter((message) => message.seq > floor);
    return { room, epoch: String(epoch), floor, messages };
  } finally {
    socket.ws.terminate();
  }
}

function dataOf({ data, binary }: Omit<Listed, "seq" | "id">): Data {
  return binary === undefined ? { json: data } : { base64: binary };
}
