/** Where the path of the API begins in an address, and in the pattern that matched it. */
type Start = { path: string[]; pattern: string[]; at: number; patternAt: number };

/**
 * A segment of the path, percent-encoded, so that a name is decoded exactly once.
 * @param pathname of the address. The app may be mounted at any path, also one with parameters of the same name.
 * @param routePath the pattern that matched it, as Hono knows it, with the path of the mount
 * @param name of the segment in the pattern
 */
export function segmentOf(pathname: string, routePath: string, name: string): string {
  const { path, pattern, at, patternAt } = startOf(pathname, routePath);
  return path[at + pattern.lastIndexOf(`:${name}`) - patternAt] ?? "";
}

/** The room that a path under `/v1/` names, percent-encoded; undefined where it names none. */
export function roomSegmentOf(pathname: string, routePath: string): string | undefined {
  const { path, at } = startOf(pathname, routePath);
  return path[at + 1] === "rooms" ? path[at + 2] : undefined;
}

/** Whether a path is `/v1/` and this name. */
export function isCall(pathname: string, routePath: string, name: string): boolean {
  const { path, at } = startOf(pathname, routePath);
  return path[at + 1] === name && path.length === at + 2;
}

function startOf(pathname: string, routePath: string): Start {
  const [path, pattern] = [pathname.split("/"), routePath.split("/")];
  const patternAt = pattern.lastIndexOf("v1");
  // A parameter of the mount may match several segments, so the count begins at the end, where the pattern has an end.
  if (pattern.at(-1) !== "*")
    return { path, pattern, patternAt, at: path.length - pattern.length + patternAt };
  return { path, pattern, patternAt, at: path[patternAt] === "v1" ? patternAt : path.indexOf("v1") };
}
