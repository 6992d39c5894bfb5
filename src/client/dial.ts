import { MARKS, SUBPROTOCOL } from "../protocol/limits.ts";
import { refusalOf, roomAddress } from "./address.ts";
import type { JoinOptions, SocketLike } from "./options.ts";

/** A connection on its way, and how to ask why, should it be refused. */
export type Dialled = { socket: SocketLike; why: () => ReturnType<typeof refusalOf> };

/** What a token, or the guest key where there is none, comes to for one attempt. */
export async function credentialOf({ token }: JoinOptions, guest: string): Promise<string> {
  return typeof token === "function" ? token() : (token ?? guest);
}

/** Opens a socket to a room. */
export function dial(
  room: string,
  { host, history }: JoinOptions,
  makeSocket: NonNullable<JoinOptions["socket"]>,
  credential: string,
  known: { name: string | undefined; cursor: string | undefined },
): Dialled {
  const url = roomAddress(host, room, { ...known, history, features: MARKS });
  const socket = makeSocket(url.href.replace(/^http/, "ws"), [SUBPROTOCOL, `bearer.${credential}`]);
  return { socket, why: () => refusalOf(url, credential) };
}
