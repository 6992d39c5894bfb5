import type { Published } from "../protocol/api.ts";
import type { MessageFile } from "../protocol/file-types.ts";
import type { Outcome } from "./outcome.ts";
import type { Post, Reader } from "./room-calls.ts";

/** A member who uploads. `rateKey`: the key of its rate limit, absent where none applies. */
export type Uploader = { member: string; rateKey?: string };

/** A file as its message will show it, before it has an id. Its name and type are clean, and its size is allowed. */
export type FileToUpload = Omit<MessageFile, "id"> & { partBytes: number };

/** An upload, as the room keeps it. `key`, `upload`: its object and its multipart upload in the store. */
export type Upload = MessageFile & {
  key: string;
  upload: string;
  partBytes: number;
  parts: readonly { part: number; etag: string }[];
  expiresAt: number;
  /** Set once the store has put the parts together. */
  etag?: string;
  /** Set once the message is published. */
  published?: Published;
};

/** The store's facts about a complete file. `inline`: browsers may show it, since its bytes are of the type that it claims. */
export type StoredParts = { file: string; etag: string; inline: boolean };

/** A file that its message makes readable. */
export type ReadableFile = Pick<MessageFile, "name" | "type" | "size"> & {
  key: string;
  etag: string;
  inline: boolean;
};

/** Until when a link reads a file, in milliseconds, and its signature in base64url. */
export type SignedLink = { expires: number; signature: string };

/** The reader of a file: an authorized member, or anyone with a link. */
export type FileQuery = { file: string } & (Reader | { link: SignedLink; rateKey?: string });

/** The calls of a Worker to a room that are about files. The bytes do not pass through the room. */
export interface FileCalls {
  beginFile(by: Uploader, file: FileToUpload): Outcome<{ file: string; key: string }>;
  /** Notes the multipart upload of a file that began. */
  openFile(file: string, upload: string): Outcome<null>;
  /** The upload of a file. Only who began it may ask. */
  uploadOf(by: Uploader, file: string): Outcome<Upload>;
  /** Notes a part that is in the store. */
  notePart(file: string, part: number, etag: string): Outcome<null>;
  /** Publishes the message of a file that is in the store. A repeated call returns what the first one did. */
  publishFile(post: Post, stored: StoredParts): Promise<Outcome<Published>>;
  abortFile(by: Uploader, file: string): Outcome<null>;
  readFile(query: FileQuery): Promise<Outcome<ReadableFile>>;
  /** @param expires milliseconds */
  linkFile(reader: Reader, file: string, expires: number): Promise<Outcome<SignedLink>>;
}
