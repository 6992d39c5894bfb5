import type { Grant } from "../../auth/grant.ts";
import { DormouseError } from "../../protocol/errors.ts";
import type { Upload, Uploader } from "../../rpc/file-calls.ts";
import { type AuthorizedRoom, authorize } from "../authorize.ts";
import { limitGuestByAddress, rateKeyOf } from "../rate-limits.ts";
import type { RouteRequest } from "../route.ts";
import { type FileStore, fileStoreOf } from "./file-store.ts";

/** The ids of files: random base64url characters. */
const ID = /^[A-Za-z0-9_-]{22}$/;

/** Error codes of the calls of an upload, beside those of every call. */
export const UPLOAD_PROBLEMS = ["not_found", "banned", "rate_limited"] as const;

/** The file in a path. @throws DormouseError `not_found` */
export function fileSegment({ segment }: RouteRequest): string {
  const file = segment("file");
  if (ID.test(file)) return file;
  throw new DormouseError("not_found", "The room has no such file. Send the id that the upload got.");
}

/**
 * Authorizes a member to upload. Each call is charged like a message.
 * @throws DormouseError the codes of `authorize`, `not_found` where the service has no file store, `rate_limited`
 */
export async function authorizeUpload(
  call: RouteRequest,
): Promise<AuthorizedRoom & { store: FileStore; by: Uploader }> {
  const authorized = await authorize(call, "publish");
  const store = fileStoreOf(call.service, authorized.settings);
  await limitGuestByAddress(call, authorized.grant, 1);
  return { ...authorized, store, by: uploaderOf(authorized.grant, call.request) };
}

function uploaderOf(grant: Grant, request: Request): Uploader {
  const { member, can } = grant;
  return can.includes("admin") ? { member } : { member, rateKey: rateKeyOf(grant, request) };
}

/** How many parts a file has. */
export function partsOf({ size, partBytes }: { size: number; partBytes: number }): number {
  return Math.ceil(size / partBytes);
}

/** The bytes of a part, which begins with 1. The last one has the rest. */
export function partLength({ size, partBytes }: Upload, part: number): number {
  return Math.min(partBytes, size - (part - 1) * partBytes);
}
