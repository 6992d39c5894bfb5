/** Why a program of the host cannot do its work. The message is a sentence for the person who runs it. */
export class HostError extends Error {
  override readonly name = "HostError";
}

/** The code of a system error, such as `EACCES`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
