/** Why a program of the host cannot do its work. The message is a sentence for the person who runs it. */
export class HostError extends Error {
  override readonly name = "HostError";
}

/** The code of a system error, such as `EACCES`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The sentence about a disk, or the quota of the user, that is full; undefined for any other error. SQLite has no code for it. */
export function diskFull(error: unknown, path: string): HostError | undefined {
  const code = codeOf(error);
  const isFull = code === "ENOSPC" || code === "EDQUOT" || String(error).includes("disk is full");
  return isFull ? new HostError(`The disk of ${path} is full. Free some space on it.`) : undefined;
}
