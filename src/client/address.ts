import type { Problem } from "../protocol/codes.ts";
import { type Lost, lostBy } from "./connection.ts";
import { surroundings } from "./surroundings.ts";

const PATIENCE_MS = 5000;

const LOCAL = /^(localhost|127\.|\[::1\])/;

/** The address of a room, over HTTP; `query` holds what is to be said in it. */
export function roomAddress(
  host: string | undefined,
  room: string,
  query: Record<string, string | number | undefined>,
): URL {
  const base = host ?? surroundings.location?.origin ?? "";
  const origin = base.includes("://") ? base : `${LOCAL.test(base) ? "http" : "https"}://${base}`;
  const url = new URL(`/v1/rooms/${encodeURIComponent(room)}`, origin.replace(/^ws/, "http"));
  for (const [key, value] of Object.entries(query)) if (value) url.searchParams.set(key, String(value));
  return url;
}

/** Refusals that another attempt may not meet: there is only too much of something. */
const PASSING: readonly number[] = [408, 429];

/**
 * Why an upgrade was refused, and whether for good. A browser does not tell a page, so the same address is asked without the
 * upgrade. Where that is answered, only the connection is refused: `no_upgrade`. Undefined where no answer comes back: the
 * network may be gone, or the service; or it is only this question that is not allowed (`needs`), and not the room.
 */
export async function refusalOf(address: URL, credential: string): Promise<Lost | undefined> {
  try {
    const answer = await fetch(address, {
      headers: { authorization: `Bearer ${credential}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) return lostBy("later", "no_upgrade", "The service answers, but opens no WebSocket.");
    const { code, detail, needs }: Problem = await answer.json();
    if (typeof code !== "string" || needs !== undefined) return undefined;
    const isFinal = answer.status < 500 && !PASSING.includes(answer.status);
    return lostBy(isFinal ? "never" : "later", code, detail);
  } catch {
    return undefined;
  }
}
