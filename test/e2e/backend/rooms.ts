import { type RemoteRoom, type RemoteRoomOptions, remoteRoom } from "../../../src/backend/index.ts";
import { token } from "../../support/tokens.ts";

export type Said = { text: string };

/** A token without the claims that only some services check. */
export const tokenWith = (claims: Record<string, unknown>, signing = {}) =>
  token({ iss: undefined, aud: undefined, ...claims }, signing);

export const TOKEN = tokenWith({
  sub: "backend",
  name: "Backend",
  can: ["read", "publish", "signal", "presence", "admin"],
});

/** A room of its own for each test. */
export function roomAt(url: string, options: Partial<RemoteRoomOptions> = {}): RemoteRoom<Said> {
  return remoteRoom<Said>(url, { room: `test ${crypto.randomUUID()}`, token: TOKEN, ...options });
}
