/** The part of a request or an answer that holds its body. */
export type Body = { readonly body: ReadableStream<Uint8Array> | null };

/** Reads a body of at most `max` bytes. @returns undefined where it has more; the rest is not read */
export async function readBounded({ body }: Body, max: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > max) {
      // The result does not depend on how the stream ends.
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
