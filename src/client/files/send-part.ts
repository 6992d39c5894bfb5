import { type AnyRoom, answerOf, credentialOf, filesCall, filesUrl, TemporaryError } from "./room-request.ts";

/** The part of `XMLHttpRequest` that the client uses. Unlike `fetch`, it says how much of a body was sent. */
type PartRequest = {
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  ontimeout: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: Blob): void;
  abort(): void;
};

/**
 * Uploads a part of a file.
 * @param onSent is called with the bytes of the part that were sent so far
 * @throws RoomError, TemporaryError
 */
export async function sendPart(
  room: AnyRoom,
  path: string,
  part: Blob,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<void> {
  const Request = (globalThis as { XMLHttpRequest?: new () => PartRequest }).XMLHttpRequest;
  if (Request === undefined) return await fetchPart(room, path, part, signal);
  const credential = await credentialOf(room);
  const request = new Request();
  request.open("PUT", filesUrl(room, path).href);
  request.setRequestHeader("authorization", `Bearer ${credential}`);
  request.setRequestHeader("content-type", "application/octet-stream");
  const abort = () => request.abort();
  signal.addEventListener("abort", abort);
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(new TemporaryError("network", "The part could not be sent."));
      Object.assign(request, { onload: resolve, onerror: fail, onabort: fail, ontimeout: fail });
      request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, part.size));
      if (signal.aborted) fail();
      else request.send(part);
    });
    answerOf(request.status, request.responseText);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function fetchPart(room: AnyRoom, path: string, part: Blob, signal: AbortSignal): Promise<void> {
  let response: Response;
  const headers = { authorization: `Bearer ${await credentialOf(room)}` };
  try {
    response = await fetch(filesUrl(room, path), { method: "PUT", headers, body: part, signal });
  } catch (error) {
    throw new TemporaryError("network", String(error));
  }
  answerOf(response.status, await response.text());
}

/** Ends an upload. What this cannot reach, the service removes after a day. */
export async function abortUpload(room: AnyRoom, file: string): Promise<void> {
  await filesCall(room, "DELETE", `/${file}`).catch(() => {});
}
