/** The claims of a token that the page looks at. The service verifies the token; the page cannot. */
export type Claims = {
  sub?: unknown;
  name?: unknown;
  rooms?: unknown;
  exp?: unknown;
};

const MAX_TOKEN_CHARS = 8192;

/** The clock of a device may be wrong. The service decides about a token that is near its end. */
const CLOCK_TOLERANCE_MS = 300_000;

/** A JWT; undefined for any other text, and for one that the service would refuse by its length. */
export function parseJwt(text: string): { token: string; claims: Claims; isInvitation: boolean } | undefined {
  if (text.length > MAX_TOKEN_CHARS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return undefined;
  const [header, claims] = text.split(".").slice(0, 2).map(decodeJson);
  if (header === undefined || claims === undefined) return undefined;
  return { token: text, claims, isInvitation: (header as { typ?: unknown }).typ === "invitation+jwt" };
}

export function isEnded({ exp }: Claims): boolean {
  return typeof exp === "number" && exp * 1000 < Date.now() - CLOCK_TOLERANCE_MS;
}

/** Whether the claims name the room. A token without the claim may be valid for any. */
export function mayCover({ rooms }: Claims, room: string): boolean {
  if (!Array.isArray(rooms)) return true;
  return rooms.some((name) =>
    String(name).endsWith("*") ? room.startsWith(String(name).slice(0, -1)) : name === room,
  );
}

function decodeJson(part: string): object | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
      char.charCodeAt(0),
    );
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
