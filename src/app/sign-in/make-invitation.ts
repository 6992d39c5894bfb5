const TIMEOUT_MS = 8000;

/** Has the service make a token that lets anyone into a room as a guest. Returns its problem if it does not. */
export async function makeInvitation(
  room: string,
  token: string,
  expiresIn: number,
): Promise<{ token: string } | { code: string; detail: string }> {
  try {
    const response = await fetch(`/v1/rooms/${encodeURIComponent(room)}/invitations`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ expiresIn }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return await response.json();
  } catch {
    return { code: "unavailable", detail: "" };
  }
}
