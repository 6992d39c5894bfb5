import { TestSocket } from "../support/socket.ts";
import type { Data, LogMessage, LogRecord } from "./records.ts";

/** A message of a `history` event, as docs/PROTOCOL.md has it. */
type Listed = { seq: number; id: string; data?: unknown; binary?: string };

const PAGE = 1000;

/** The whole history of a room, as a newcomer gets it: page by page over a socket, from its end to its beginning. */
export async function readLog(port: number, room: string): Promise<LogRecord> {
  const address = `127.0.0.1:${port}/v1/rooms/${encodeURIComponent(room)}`;
  const socket = await TestSocket.open(`ws://${address}`, "dormouse.v1");
  try {
    const { epoch, seq } = await socket.until("welcome");
    const pages: LogMessage[][] = [];
    let before = Number(seq) + 1;
    // Each page brings at least one message, or was the last.
    for (let more = true; more; ) {
      socket.send({ type: "history", id: "all", before, limit: PAGE });
      const page = await socket.until("history", 30_000);
      const messages = page.messages as Listed[];
      pages.push(messages.map(({ seq, id, ...rest }) => ({ seq, id, data: dataOf(rest) })));
      before = messages[0]?.seq ?? 0;
      more = page.more === true && messages.length > 0;
    }
    // Asked last: meanwhile some of it may have been trimmed.
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
