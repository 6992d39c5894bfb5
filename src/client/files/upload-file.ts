import type { BegunUpload, OpenUpload } from "../../protocol/file-types.ts";
import { RoomError } from "../error.ts";
import { onNetworkOrVisibilityChange } from "../platform.ts";
import { type AnyRoom, filesCall, TemporaryError } from "./room-request.ts";
import { abortUpload, sendPart } from "./send-part.ts";

/** The wait before a call is repeated doubles from the first of these to the last: milliseconds. */
const RETRY_MS = { first: 1000, last: 30_000 } as const;

/** How much of a file was sent: bytes. */
export type UploadProgress = { sent: number; size: number };

/**
 * - `name`, `type`: of the file, where they are not those of a `File`.
 * - `width`, `height`: of an image, in pixels.
 * - `data`: of the message, beside its `file`. A function is asked once all bytes are sent.
 * - `id`: of the message. It makes a retry safe. Default: one that the file gives.
 * - `onProgress`: is called as bytes are sent.
 * - `onBegin`: is called with the id of the upload, with which a later page may `resume` it.
 * - `resume`: the id of an upload of the same file that was cut. If it is gone, the upload begins anew.
 * - `signal`: ends the upload, and removes what was sent.
 */
export type UploadOptions<Data extends object = object> = {
  name?: string | undefined;
  type?: string | undefined;
  width?: number | undefined;
  height?: number | undefined;
  data?: Data | (() => Data | Promise<Data>) | undefined;
  id?: string | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
  onBegin?: ((file: string) => void) | undefined;
  resume?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** `file`: the id of the file. `id`, `seq`: of its message. `dup`: the message was there already. */
export type UploadedFile = { file: string; id: string; seq: number; dup: boolean };

/**
 * Uploads a file in parts and publishes a message with it, whose `data.file` is `{id, name, type, size}`. The upload goes on after a lost
 * connection, as long as the page is open.
 *
 * Outside a browser, a guest has a new key in each call. Join with a `token` there, which may be a guest key.
 * @throws RoomError `not_found` where the service has no file store; `too_big`, `unsupported_type`, `forbidden` and other codes of the service;
 * `aborted` where `signal` ended it
 * @example
 * const { seq } = await uploadFile(room, input.files[0], {
 *   data: { text: "Our holiday" },
 *   onProgress: ({ sent, size }) => { bar.value = sent / size; },
 * });
 */
export async function uploadFile<Data extends object = object>(
  room: AnyRoom,
  file: Blob,
  options: UploadOptions<Data> = {},
): Promise<UploadedFile> {
  const signal = options.signal ?? new AbortController().signal;
  const { onProgress, onBegin, id, data } = options;
  let begun: BegunUpload | undefined;
  const report = (sent: number) => onProgress?.({ sent, size: file.size });
  try {
    const { have, ...upload } = await repeated(signal, () => resumeOrBegin(room, file, options));
    begun = upload;
    onBegin?.(upload.file);
    let done = 0;
    for (let part = 1; part <= upload.parts; part++) {
      const from = (part - 1) * upload.partBytes;
      const bytes = file.slice(from, from + upload.partBytes);
      const path = `/${upload.file}/parts/${part}`;
      if (!have.includes(part))
        await repeated(signal, () => sendPart(room, path, bytes, signal, (sent) => report(done + sent)));
      done += bytes.size;
      report(done);
    }
    const own = typeof data === "function" ? await data() : data;
    const json = { ...(id && { id }), ...(own && { data: own }) };
    const { messages } = await repeated(signal, () =>
      filesCall<{ messages: [Omit<UploadedFile, "file">] }>(room, "POST", `/${upload.file}/complete`, {
        json,
        signal,
      }),
    );
    return { file: upload.file, ...messages[0] };
  } catch (error) {
    if (!signal.aborted) throw error;
    if (begun !== undefined) await abortUpload(room, begun.file);
    throw new RoomError("aborted", "The upload was ended.");
  }
}

type Resumed = BegunUpload & { have: readonly number[] };

async function resumeOrBegin(room: AnyRoom, file: Blob, options: UploadOptions): Promise<Resumed> {
  const { resume, signal, width, height, name = (file as { name?: string }).name ?? "file" } = options;
  if (resume !== undefined) {
    try {
      const open = await filesCall<OpenUpload>(room, "GET", `/${resume}/upload`, { signal });
      if (open.size === file.size) return open;
    } catch (error) {
      if (error instanceof TemporaryError) throw error;
    }
  }
  const sides = width && height ? { width, height } : {};
  const json = { name, type: options.type ?? file.type, size: file.size, ...sides };
  return { ...(await filesCall<BegunUpload>(room, "POST", "", { json, signal })), have: [] };
}

/** Repeats a call until it succeeds, is refused for good, or is ended. */
async function repeated<Answer>(signal: AbortSignal, run: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof TemporaryError) || signal.aborted) throw error;
      const wait = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** tries);
      await pause(Math.max(wait * (0.5 + Math.random() / 2), error.after), signal);
    }
  }
}

/** Waits, but no longer than until the network is back, or the signal ends it. */
function pause(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, wait);
    const stop = onNetworkOrVisibilityChange(end);
    signal.addEventListener("abort", end);
  });
}
