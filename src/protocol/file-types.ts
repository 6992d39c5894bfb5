/** The feature name for files: the service has a file store. It stands in `welcome.features`. */
export const FILES = "files";

/** The file of a message, in its `data` as `file`. The sender chose `name` and `type`. `width`, `height`: pixels, as the sender said. */
export type MessageFile = {
  id: string;
  name: string;
  /** A media type, such as `image/png`. */
  type: string;
  /** Bytes. */
  size: number;
  width?: number | undefined;
  height?: number | undefined;
};

/**
 * The files that a room takes. `maxBytes`: the largest one. `types`: `["*"]`, or media types, of which `image/*` stands for all that begin
 * so.
 */
export type FileLimits = { maxBytes: number; partBytes: number; types: string[] };

/** An upload that began. Part `n` of `parts`, counted from 1, has `partBytes` bytes; the last one has the rest. */
export type BegunUpload = { file: string; partBytes: number; parts: number };

/** An upload as the service has it. `have`: the parts that are there. `expiresAt`: milliseconds; each part puts it off. */
export type OpenUpload = BegunUpload & {
  name: string;
  type: string;
  size: number;
  have: number[];
  expiresAt: number;
};

/** An address that reads a file without a credential, until `expiresAt`: milliseconds. `url` begins with a slash. */
export type FileLink = { url: string; expiresAt: number };
