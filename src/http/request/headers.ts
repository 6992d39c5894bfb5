/** What only holds for now, or only for who asks. */
export const NO_STORE = { "cache-control": "no-store" };

/** May be kept by who asked, and is asked for anew each time, with the tag of what is kept. */
export const REVALIDATE = { "cache-control": "private, no-cache" };

/** The tags that the client has, `*` for any, as `If-None-Match` names them (RFC 9110, section 13.1.2). */
export function keptTags(request: Request): string[] {
  const kept = request.headers.get("if-none-match");
  return kept === null ? [] : kept.split(",").map((each) => each.trim().replace(/^W\//, ""));
}

/** For what is JSON text already. */
export const JSON_TYPE = { "content-type": "application/json" };

/** Whether the client has what this tag names. */
export function hasTag(request: Request, tag: string): boolean {
  return keptTags(request).some((each) => each === "*" || each === tag);
}
