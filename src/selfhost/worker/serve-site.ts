import type { Site } from "../site-files.ts";

/**
 * Answers a request for the static site as the platform does.
 *
 * @param contentOf the bytes of a file
 * @returns undefined where the request is for the service
 */
export function serveSite(
  request: Request,
  site: Site,
  contentOf: (file: string) => ArrayBuffer,
): Response | undefined {
  const { pathname, search } = new URL(request.url);
  if (site.workerFirst.some((pattern) => matches(pattern, pathname))) return undefined;
  const path = site.paths[pathname];
  if (path === undefined) return undefined;
  const { rules } = path;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response(null, { status: 405, headers: rules });
  }
  if ("location" in path) {
    return new Response(null, { status: 307, headers: { ...rules, location: `${path.location}${search}` } });
  }
  const headers = { ...path.headers, ...rules };
  if (isKnown(request.headers.get("if-none-match"), path.headers.etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === "HEAD" ? null : contentOf(path.file), { headers });
}

/** Whether the caller has the file already. A proxy that compresses makes the ETag weak. */
function isKnown(ifNoneMatch: string | null, etag = ""): boolean {
  const tags = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags?.includes(etag) ?? false;
}

function matches(pattern: string, pathname: string): boolean {
  return pattern.endsWith("*") ? pathname.startsWith(pattern.slice(0, -1)) : pathname === pattern;
}
