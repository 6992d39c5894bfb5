import type { Published } from "../../protocol/api.ts";
import { base64url } from "../../protocol/base64.ts";
import { DormouseError } from "../../protocol/codes.ts";
import type {
  FileCalls,
  FileQuery,
  FileToUpload,
  ReadableFile,
  SignedLink,
  StoredParts,
  Upload,
  Uploader,
} from "../../rpc/file-calls.ts";
import { type Outcome, refused } from "../../rpc/outcome.ts";
import type { Post, Reader } from "../../rpc/room-calls.ts";
import type { HookRunner } from "../hooks/hook-runner.ts";
import type { Bans } from "../limits/bans.ts";
import type { RateLimiters } from "../limits/rate-limiters.ts";
import type { RoomLog } from "../log/log.ts";
import type { RpcCalls } from "../rpc-calls.ts";
import type { FileLinks } from "./file-links.ts";
import { type FileRemoval, keyOf } from "./file-removal.ts";
import type { FileRow, FileRows } from "./file-rows.ts";

/** An upload that got no part for this long is removed: milliseconds. */
const UPLOAD_MS = 24 * 3_600_000;

/** An upload that the store could not begin counts for this long at most: milliseconds. */
const OPENING_MS = 120_000;

/** Uploads that have not ended: of one member, or of all guests of one network address, and of the room. */
const OPEN_UPLOADS = { owner: 10, room: 1000 } as const;

/** When one more may begin, where so many are open: milliseconds. */
const RETRY_MS = 60_000;

/** 128 random bits, as many as nobody guesses. */
const ID_BYTES = 16;

type Parts = {
  ctx: DurableObjectState;
  log: RoomLog;
  runner: HookRunner;
  bans: Bans;
  rateLimiters: RateLimiters;
  calls: RpcCalls;
  rows: FileRows;
  links: FileLinks;
  removal: FileRemoval;
  roomFileBytes: number;
};

/** Handles the Worker's calls about files in a room. It keeps the table of them; their bytes go past it, into the store. */
export class FileUploads implements FileCalls {
  readonly #parts: Parts;
  /** The ids of messages that are being published, by file. */
  readonly #publishing = new Map<string, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  beginFile(by: Uploader, about: FileToUpload): Outcome<{ file: string; key: string }> {
    const { rows, removal, ctx } = this.#parts;
    const now = Date.now();
    const refusal = this.#refusalOfWrite(by, now) ?? this.#refusalOfSize(by, about.size);
    if (refusal !== undefined) return refused(refusal);
    rows.create();
    const file = newId();
    rows.add(file, by.member, ownerOf(by), about, now + OPENING_MS);
    removal.onChange();
    return { value: { file, key: keyOf(ctx, file) } };
  }

  openFile(file: string, upload: string): Outcome<null> {
    const { rows, removal } = this.#parts;
    if (this.#liveRow(file) === undefined) return refused(noUpload());
    rows.open(file, upload, Date.now() + UPLOAD_MS);
    removal.onChange();
    return { value: null };
  }

  uploadOf(by: Uploader, file: string): Outcome<Upload> {
    const refusal = this.#refusalOfWrite(by, Date.now());
    if (refusal !== undefined) return refused(refusal);
    const row = this.#ownRow(by, file);
    if (row instanceof DormouseError) return refused(row);
    const { name, type, size, width, height, part_bytes, upload, etag, seq, message, due } = row;
    if (upload === null) return refused(noUpload());
    const { ctx, log, rows } = this.#parts;
    const published: Published | undefined =
      seq === null ? undefined : { epoch: log.epoch, messages: [{ id: message ?? "", seq, dup: true }] };
    return {
      value: {
        ...{ id: file, name, type, size },
        ...(width === null || height === null ? {} : { width, height }),
        ...{ key: keyOf(ctx, file), upload, partBytes: part_bytes, parts: rows.partsOf(file) },
        expiresAt: due ?? 0,
        ...(etag === null ? {} : { etag }),
        ...(published === undefined ? {} : { published }),
      },
    };
  }

  notePart(file: string, part: number, etag: string): Outcome<null> {
    const { rows, removal } = this.#parts;
    const row = this.#liveRow(file);
    if (row === undefined || row.etag !== null) return refused(noUpload());
    rows.addPart(file, part, etag, Date.now() + UPLOAD_MS);
    removal.onChange();
    return { value: null };
  }

  /**
   * The seq of the message is noted in the turn that stores the message, so no crash comes between them.
   */
  async publishFile(post: Post, { file, etag, inline }: StoredParts): Promise<Outcome<Published>> {
    const { rows, removal, calls, log } = this.#parts;
    const row = this.#ownRow(post, file);
    if (row instanceof DormouseError) return refused(row);
    if (row.seq !== null)
      return { value: { epoch: log.epoch, messages: [{ id: row.message ?? "", seq: row.seq, dup: true }] } };
    const [message] = post.messages;
    if (message === undefined) throw new Error("The message of a file is missing.");
    rows.complete(file, etag, inline, Date.now() + UPLOAD_MS);
    removal.onChange();
    // Two calls at once publish one message: that of the first.
    const id = this.#publishing.get(file) ?? message.id;
    this.#publishing.set(file, id);
    try {
      const outcome = await calls.publish({ ...post, messages: [{ ...message, id }] }, (seq) => {
        rows.publish(file, id, seq);
        removal.onChange();
      });
      if ("refusal" in outcome) return outcome;
      const isForeign = rows.get(file)?.seq === null && outcome.value.messages[0]?.dup === true;
      return isForeign ? refused(foreignId(id)) : outcome;
    } finally {
      this.#publishing.delete(file);
    }
  }

  abortFile(by: Uploader, file: string): Outcome<null> {
    const { rows, removal } = this.#parts;
    const now = Date.now();
    const refusal = this.#refusalOfWrite(by, now);
    if (refusal !== undefined) return refused(refusal);
    const row = this.#ownRow(by, file);
    if (row instanceof DormouseError) return refused(row);
    if (row.seq !== null || this.#publishing.has(file)) {
      const why = "The file is published. Delete its message, which deletes the file.";
      return refused(new DormouseError("invalid_event", why));
    }
    rows.drop(file, now);
    removal.onChange();
    return { value: null };
  }

  async readFile({ file, ...by }: FileQuery): Promise<Outcome<ReadableFile>> {
    const { ctx, links } = this.#parts;
    const now = Date.now();
    const refusal = this.#refusalOfRead(by, now);
    if (refusal !== undefined) return refused(refusal);
    if ("link" in by && !(await links.isValid(file, by.link, now))) {
      const why = "The link to the file has expired, or is not valid. Ask for a new one.";
      return refused(new DormouseError("invalid_token", why));
    }
    const row = this.#liveRow(file);
    if (row === undefined || row.seq === null || row.etag === null) return refused(noFile());
    const { name, type, size, etag, inline } = row;
    return { value: { key: keyOf(ctx, file), name, type, size, etag, inline: inline === 1 } };
  }

  async linkFile(reader: Reader, file: string, expires: number): Promise<Outcome<SignedLink>> {
    const refusal = this.#refusalOfRead(reader, Date.now());
    if (refusal !== undefined) return refused(refusal);
    const row = this.#liveRow(file);
    if (row === undefined || row.seq === null) return refused(noFile());
    return { value: await this.#parts.links.sign(file, expires) };
  }

  /** A file that is not to be removed. */
  #liveRow(file: string): FileRow | undefined {
    const row = this.#parts.rows.get(file);
    const isTrimmed = row?.seq != null && row.seq <= this.#parts.log.floor;
    return row === undefined || row.gone === 1 || isTrimmed ? undefined : row;
  }

  #ownRow({ member }: { member: string }, file: string): FileRow | DormouseError {
    const row = this.#liveRow(file);
    if (row === undefined) return noUpload();
    if (row.member === member) return row;
    return new DormouseError("forbidden", "Only the member who began an upload may continue it.");
  }

  #refusalOfSize(by: Uploader, size: number): DormouseError | undefined {
    const { rows, roomFileBytes } = this.#parts;
    const owner = ownerOf(by);
    const { bytes, open, owned } = rows.exist ? rows.usage(owner) : { bytes: 0, open: 0, owned: 0 };
    if (bytes + size > roomFileBytes) {
      const why = `The room has ${bytes} bytes of files, and takes ${roomFileBytes}. Delete messages with files first.`;
      return new DormouseError("too_big", why);
    }
    if (owned < OPEN_UPLOADS.owner && open < OPEN_UPLOADS.room) return undefined;
    const whose = owned < OPEN_UPLOADS.owner ? `The room has ${open}` : `You have ${owned}`;
    return new DormouseError(
      "rate_limited",
      `${whose} uploads that have not ended. End some first.`,
      RETRY_MS,
    );
  }

  /** A call of an upload costs as much as a message. */
  #refusalOfWrite({ member, rateKey }: Uploader, now: number): DormouseError | undefined {
    const { bans, runner, rateLimiters } = this.#parts;
    const refusal = bans.refusalOf(member, now) ?? runner.checkStarted();
    if (refusal !== undefined || rateKey === undefined) return refusal;
    const limiter = rateLimiters.publishes;
    const wait = limiter.takeForCall(rateKey, [0], now);
    return wait === 0 ? undefined : new DormouseError("rate_limited", limiter.description, wait);
  }

  #refusalOfRead(by: { member?: string; rateKey?: string }, now: number): DormouseError | undefined {
    const { bans, runner, rateLimiters } = this.#parts;
    const refusal = rateLimiters.reads.take(by.rateKey, now);
    if (refusal !== undefined || by.member === undefined) return refusal;
    return bans.refusalOf(by.member, now) ?? runner.checkStarted();
  }
}

/** Guests count by their address, since one can make up any number of guest keys. */
function ownerOf({ member, rateKey }: Uploader): string {
  return rateKey ?? `member ${member}`;
}

function newId(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

function noUpload(): DormouseError {
  return new DormouseError(
    "not_found",
    "The room has no such upload. It was ended or removed; begin it again.",
  );
}

function noFile(): DormouseError {
  return new DormouseError("not_found", "The room has no such file. Its message may have been deleted.");
}

function foreignId(id: string): DormouseError {
  const why = `The id ${JSON.stringify(id)} is that of another message. Complete the upload with another one.`;
  return new DormouseError("invalid_event", why);
}
