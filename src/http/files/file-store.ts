import { DormouseError } from "../../protocol/errors.ts";
import type { Upload } from "../../rpc/file-calls.ts";
import { waitForFileStore } from "../../rpc/file-store-call.ts";
import type { Settings } from "../../settings/settings.ts";
import { isolateTelemetry } from "../../telemetry/isolate-telemetry.ts";
import type { Service } from "../service.ts";

/** The bytes that tell what a file is. */
const HEAD_BYTES = 64;

/** An object of the store: its entity tag without quotes, and the first of its bytes. */
type Whole = { etag: string; head: Uint8Array };

/**
 * The file store of the deployment.
 * @throws DormouseError `not_found` where it has none, and where the settings switch files off
 */
export function fileStoreOf({ files }: Service, { fileBytes }: Settings): FileStore {
  if (files !== undefined && fileBytes > 0) return new FileStore(files);
  const why =
    "The service has no file store. Send files that fit into a message, or ask its owner to bind one.";
  throw new DormouseError("not_found", why);
}

/** An R2 bucket. Its errors are logged, and reach the caller as `unavailable`. */
export class FileStore {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  /** @returns the id of a new multipart upload */
  async begin(key: string): Promise<string> {
    const { uploadId } = await this.#call(() => waitForFileStore(this.#bucket.createMultipartUpload(key)));
    return uploadId;
  }

  async abort(key: string, upload: string): Promise<void> {
    await this.#call(() => waitForFileStore(this.#bucket.resumeMultipartUpload(key, upload).abort()));
  }

  /**
   * Streams a part into the store. A part that was sent before is replaced.
   * @param length what the part must have: bytes
   * @returns its entity tag
   * @throws DormouseError `invalid_event` for a body of another length
   */
  async putPart(
    { key, upload }: Upload,
    part: number,
    body: ReadableStream<Uint8Array>,
    length: number,
  ): Promise<string> {
    const { readable, writable } = new FixedLengthStream(length);
    const sent = body.pipeTo(writable);
    const stored = this.#bucket.resumeMultipartUpload(key, upload).uploadPart(part, readable);
    const [sending, storing] = await Promise.allSettled([sent, stored]);
    if (storing.status === "fulfilled" && sending.status === "fulfilled") return storing.value.etag;
    const errors = [sending, storing].flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    if (errors.some(isOfLength)) throw wrongLength(part, length);
    if (errors.some(isEnded)) throw new DormouseError("not_found", "The upload has ended. Begin it again.");
    return await this.#call(() => Promise.reject(errors[0]));
  }

  /**
   * Puts the parts together. It may have been done before, by a call whose answer was lost.
   * @throws DormouseError `invalid_event` where the store does not have these parts
   */
  async complete({ key, upload, parts, size, etag }: Upload): Promise<Whole> {
    const list = parts.map((each) => ({ partNumber: each.part, etag: each.etag }));
    try {
      if (etag === undefined)
        await waitForFileStore(this.#bucket.resumeMultipartUpload(key, upload).complete(list));
    } catch (error) {
      if (!isEnded(error))
        isolateTelemetry.fault("file_store_failed", "Putting the parts of a file together", error);
    }
    const object = await this.#call(() =>
      waitForFileStore(this.#bucket.get(key, { range: { offset: 0, length: Math.min(HEAD_BYTES, size) } })),
    );
    if (object === null || object.size !== size) {
      const why = "The store does not have the parts as they were sent. Upload the file again.";
      throw new DormouseError("invalid_event", why);
    }
    const head = await this.#call(() => waitForFileStore(object.arrayBuffer()));
    return { etag: object.etag, head: new Uint8Array(head) };
  }

  /** @returns the bytes of an object; null where the store has no such object */
  async read(key: string, range: { offset: number; length: number }): Promise<ReadableStream | null> {
    const object = await this.#call(() => waitForFileStore(this.#bucket.get(key, { range })));
    return object?.body ?? null;
  }

  async #call<Value>(run: () => Promise<Value>): Promise<Value> {
    try {
      return await run();
    } catch (error) {
      isolateTelemetry.fault("file_store_failed", "A call of the file store", error);
      throw new DormouseError("unavailable", "The file store could not be reached. Try again later.");
    }
  }
}

/** A body of another length than its part must have. */
export function wrongLength(part: number, length: number): DormouseError {
  return new DormouseError("invalid_event", `Part ${part} must have exactly ${length} bytes. Send it again.`);
}

/** Whether a stream had more or fewer bytes than it said. */
function isOfLength(error: unknown): boolean {
  return String(error).includes("FixedLengthStream");
}

/** Whether a multipart upload was completed or aborted. */
function isEnded(error: unknown): boolean {
  return /10024|does not exist|NoSuchUpload/i.test(String(error));
}
