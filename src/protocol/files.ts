import * as v from "valibot";
import { idSchema } from "./fields.ts";
import type { BegunUpload, FileLimits, FileLink, OpenUpload } from "./file-types.ts";

/** The bodies, queries and answers of the calls for files. `docs/HTTP.md` documents them. */

/** Whether two types are the same. */
type Equal<A, B> = [A, B] extends [B, A] ? true : false;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Upper limit of the width and the height of an image, in pixels. */
const IMAGE_SIDE = 100_000;
const side = v.optional(
  v.pipe(
    v.number("must be a whole number of pixels"),
    v.integer("must be a whole number of pixels"),
    v.minValue(1, "must be at least 1"),
    v.maxValue(IMAGE_SIDE, `must be at most ${IMAGE_SIDE}`),
  ),
);

/** The body of `POST /v1/rooms/{room}/files`. */
export const beginFileSchema = v.strictObject({
  name: v.string("must be a string"),
  type: v.optional(v.string("must be a string")),
  size: v.pipe(
    v.number("must be a number of bytes"),
    v.safeInteger("must be a whole number of bytes"),
    v.minValue(1, "must be at least 1: an empty file has nothing to store"),
  ),
  width: side,
  height: side,
});

export const fileLimitsSchema = v.object({ maxBytes: count, partBytes: count, types: v.array(v.string()) });
true satisfies Equal<v.InferOutput<typeof fileLimitsSchema>, FileLimits>;

export const begunUploadSchema = v.object({ file: v.string(), partBytes: count, parts: count });
true satisfies Equal<v.InferOutput<typeof begunUploadSchema>, BegunUpload>;

export const openUploadSchema = v.object({
  ...begunUploadSchema.entries,
  name: v.string(),
  type: v.string(),
  size: count,
  have: v.array(count),
  expiresAt: count,
});
true satisfies Equal<v.InferOutput<typeof openUploadSchema>, OpenUpload>;

export const partStoredSchema = v.object({ part: count });

/** The body of `POST …/files/{file}/complete`. `id` makes a retry safe; `data` is that of the message, beside its `file`. */
export const completeFileSchema = v.strictObject({
  id: v.optional(idSchema),
  data: v.optional(v.record(v.string(), v.unknown(), "must be an object")),
});

const word = (description: string) =>
  v.optional(
    v.pipe(v.string(), v.maxLength(100, "must have at most 100 characters"), v.description(description)),
  );

export const readFileQuerySchema = v.object({
  expires: word("Of a link: when it ends, in milliseconds."),
  signature: word("Of a link: it replaces the credential."),
});

export const fileLinkSchema = v.object({ url: v.string(), expiresAt: count });
true satisfies Equal<v.InferOutput<typeof fileLinkSchema>, FileLink>;
