import type { Site } from "../site-files.ts";

/** The folder of the site's files, as workerd offers it to a Worker. */
export type Files = { fetch(url: string, init?: { method: string }): Promise<Response> };

/**
 * Answers a request for the static site as the platform does.
 *
 * @returns undefined where the request is for the service
 */
export async function serveSite(request: Request, site: Site, files: Files): Promise<Response | undefined> {
  const { pathname, search } = new URL(request.url);
  if (site.workerFirst.some((pattern) => matches(pattern, pathname))) return undefined;
  const path = site.paths[pathname];
  if (path === undefined) return undefined;
  const { rules } = path;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response(null, { status: 405, headers: rules });
  }
  if (!("location" in path)) return answer(request, path.file, { ...path.headers, ...rules }, files);
  return new Response(null, { status: 307, headers: { ...rules, location: `${path.location}${search}` } });
}

async function answer(
  request: Request,
  file: string,
  headers: Readonly<Record<string, string>>,
  files: Files,
): Promise<Response> {
  if (isKnown(request.headers.get("if-none-match"), headers.etag)) {
    return new Response(null, { status: 304, headers });
  }
  if (request.method === "HEAD") return new Response(null, { headers });
  const { body, ok } = await files.fetch(`http://files/${file}`);
  if (!ok) throw new Error(`The file ${file} of the site is missing. Build the service again.`);
  return new Response(body, { headers });
}

/** Whether the caller has the file already. A proxy that compresses makes the ETag weak. */
function isKnown(ifNoneMatch: string | null, etag = ""): boolean {
  const tags = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags?.includes(etag) ?? false;
}

function matches(pattern: string, pathname: string): boolean {
  return pattern.endsWith("*") ? pathname.startsWith(pattern.slice(0, -1)) : pathname === pattern;
}
