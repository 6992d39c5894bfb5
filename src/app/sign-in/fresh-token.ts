import { RoomError } from "../../client/core.ts";
import { isInvitation } from "../format/token.ts";
import { adoptToken, token } from "../page-state.ts";
import { parseJwt } from "./claims.ts";
import { askSignIn } from "./login-page.ts";

const TIMEOUT_MS = 8000;

let renewing: Promise<string> | undefined;

/**
 * The token in place of one that ends soon or was refused: that of another room of this tab, or a new one of the sign-in page. A page may
 * fetch only from its own origin (`public/_headers`), so a sign-in page of another origin cannot renew.
 * @param error `token_expiring`, or why the service refused the old one
 * @throws RoomError where the person must sign in again. The room is then closed. After any other error the client tries again.
 */
export async function freshToken(old: string, error: RoomError): Promise<string> {
  const ended = error.code === "token_expiring" ? new RoomError("invalid_token", error.message) : error;
  if (isInvitation(old) || ended.code !== "invalid_token") throw ended;
  const known = tokenOtherThan(old);
  if (known !== undefined) return known;
  const { loginUrl } = await askSignIn();
  // Another room may have renewed the token meanwhile.
  const current = tokenOtherThan(old);
  if (current !== undefined) return current;
  if (loginUrl?.origin !== location.origin) throw ended;
  renewing ??= renew(loginUrl, old, ended).finally(() => {
    renewing = undefined;
  });
  return await renewing;
}

function tokenOtherThan(old: string): string | undefined {
  const current = token.peek();
  return current === old ? undefined : current;
}

async function renew(loginUrl: URL, old: string, ended: RoomError): Promise<string> {
  const response = await fetch(loginUrl, {
    headers: { accept: "application/json" },
    // A redirect leads to a page for people.
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status >= 500 || response.status === 429) throw new Error("The sign-in page is unavailable.");
  const fresh = response.ok ? parseJwt(await tokenIn(response)) : undefined;
  // Another tab may have signed in as somebody else. This one does not change who the person is without being asked.
  if (fresh === undefined || fresh.claims.sub !== parseJwt(old)?.claims.sub) throw ended;
  adoptToken(fresh.token);
  return fresh.token;
}

async function tokenIn(response: Response): Promise<string> {
  const json: unknown = await response.json().catch(() => undefined);
  return String((json as { token?: unknown } | undefined)?.token);
}
