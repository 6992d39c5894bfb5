import type { Problem } from "../../protocol/codes.ts";
import { MAX_WAIT_MS, REFUSAL_TIMEOUT_MS } from "../limits.ts";
import { type Disconnect, disconnect } from "./transport.ts";

/**
 * Finds out why the server refused an upgrade, and whether for good. A browser does not tell a page, so this sends the same request
 * without the upgrade: it names the attempt, and the room remembers why it refused that. If it succeeds, something refuses only WebSockets: `no_upgrade`. Returns undefined where no
 * answer arrives, or where the answer refuses only this request and not the room (`needs`).
 */
export async function fetchRefusal(url: URL, credential: string): Promise<Disconnect | undefined> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${credential}` },
      signal: AbortSignal.timeout(REFUSAL_TIMEOUT_MS),
    });
    if (response.ok) return disconnect("later", "no_upgrade", "The service opens no WebSocket.");
    const { code, detail, needs, retryAfter = 0 }: Problem = await response.json();
    if (!code || needs) return undefined;
    // A timeout and a rate limit are temporary.
    const isFinal = response.status < 500 && ![408, 429].includes(response.status);
    return disconnect(isFinal ? "never" : "later", code, detail, Math.min(retryAfter, MAX_WAIT_MS));
  } catch {
    return undefined;
  }
}
