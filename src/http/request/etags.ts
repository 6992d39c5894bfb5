/** The ETags in `If-None-Match`, without the weakness prefix; `*` matches any (RFC 9110, section 13.1.2). */
export function ifNoneMatch(request: Request): string[] {
  const header = request.headers.get("if-none-match");
  return header === null ? [] : header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}

/** Whether the client already has the version with this ETag. */
export function clientHas(request: Request, etag: string): boolean {
  return ifNoneMatch(request).some((tag) => tag === "*" || tag === etag);
}
