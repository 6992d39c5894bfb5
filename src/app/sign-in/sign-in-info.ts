export type SignInInfo = { tokenRequired: boolean; loginUrl: URL | undefined };

/** Where the service has no answer, the page asks for a token. */
const UNKNOWN: SignInInfo = { tokenRequired: true, loginUrl: undefined };

const TIMEOUT_MS = 8000;

/** Asks the service how people sign in. */
export async function loadSignInInfo(): Promise<SignInInfo> {
  try {
    const response = await fetch("/v1/sign-in", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? parseSignInInfo(await response.json(), location.href) : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

/** @param base the address of the page */
export function parseSignInInfo(json: unknown, base: string): SignInInfo {
  const { tokenRequired, loginUrl } = (json ?? {}) as Record<string, unknown>;
  const url = typeof loginUrl === "string" ? URL.parse(loginUrl, base) : null;
  return {
    tokenRequired: tokenRequired !== false,
    // The service checks its setting. The page never opens a script or a file all the same.
    loginUrl: url !== null && /^https?:$/.test(url.protocol) ? url : undefined,
  };
}
