/** What only holds for now, or only for who asks. */
export const NO_STORE = { "cache-control": "no-store" };

/** May be kept by who asked, and is asked for anew each time, with the tag of what is kept. */
export const REVALIDATE = { "cache-control": "private, no-cache" };

/** Whether the client has what this tag names (RFC 9110, section 13.1.2). */
export function hasTag(request: Request, tag: string): boolean {
  const kept = request.headers.get("if-none-match");
  if (kept === null) return false;
  return kept.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === tag);
}
