/** The page keeps so much of an export before it gives the file to the browser: bytes. */
export const MAX_EXPORT_BYTES = 200_000_000;

/** The last line of an export that is whole begins with this. It is short, so the end of the file shows it. */
const END = '{"end":true';
const TAIL_BYTES = 512;

/** `whole`: all messages are there. `cut`: the connection ended early, or the room was erased. `large`: the rest does not fit. */
export type Collected = {
  parts: Uint8Array<ArrayBuffer>[];
  bytes: number;
  outcome: "whole" | "cut" | "large";
};

/**
 * Reads an export into memory, up to a limit.
 * @param progress called with the bytes so far
 * @throws what the stream throws, where nothing has arrived
 */
export async function collectExport(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  progress: (bytes: number) => void,
  maxBytes = MAX_EXPORT_BYTES,
): Promise<Collected> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (bytes + value.length > maxBytes) {
        await reader.cancel();
        return { parts, bytes, outcome: "large" };
      }
      parts.push(value);
      bytes += value.length;
      progress(bytes);
    }
  } catch (error) {
    if (bytes === 0 || isAbort(error)) throw error;
    return { parts, bytes, outcome: "cut" };
  }
  return { parts, bytes, outcome: lastLine(parts).startsWith(END) ? "whole" : "cut" };
}

/** Complete lines only: a part of a message is no line that could be imported. */
export function lastLine(parts: readonly Uint8Array[]): string {
  let tail = new Uint8Array();
  for (let i = parts.length - 1; i >= 0 && tail.length < TAIL_BYTES; i--) {
    const part = parts[i]?.slice(-TAIL_BYTES) ?? new Uint8Array();
    const joined = new Uint8Array(part.length + tail.length);
    joined.set(part);
    joined.set(tail, part.length);
    tail = joined;
  }
  return new TextDecoder().decode(tail).trimEnd().split("\n").at(-1) ?? "";
}

/** A file name that every system takes. */
export function exportName(room: string): string {
  const plain = room
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 64);
  return `${plain || "room"}.ndjson`;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
