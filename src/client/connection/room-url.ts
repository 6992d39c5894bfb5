import type { JoinOptions } from "../options.ts";
import { platform } from "../platform.ts";

/** Hosts that are reached without TLS. */
const LOCAL = /^(localhost|127\.|\[::1\])/;

/** The HTTP address of a room. */
export function roomUrl(
  room: string,
  { host, basePath = "" }: Pick<JoinOptions, "host" | "basePath">,
  query: Record<string, string | number | undefined>,
): URL {
  const base = host ?? platform.location?.origin ?? "";
  const scheme = base.includes("://") ? "" : `http${LOCAL.test(base) ? "" : "s"}://`;
  const url = new URL(scheme + base.replace(/^ws/, "http"));
  url.pathname = `${basePath.replace(/\/$/, "")}/v1/rooms/${encodeURIComponent(room)}`;
  for (const [key, value] of Object.entries(query)) if (value) url.searchParams.set(key, String(value));
  return url;
}
