import { type CoreRoom, joinRoom, type RoomError } from "../../client/core.ts";

type Renew = (token: string, error: RoomError) => Promise<string>;
type Options = NonNullable<Parameters<typeof joinRoom>[1]>;

let renew: Renew | undefined;

/** Says how to get another token, which is code that the first view does not need. */
export function renewTokensBy(how: Renew): void {
  renew = how;
}

/**
 * Joins a room with a token, or as a guest without one. When the token ends soon or is refused, there is another one, or the room
 * closes.
 */
export function joinWithToken<Message>(
  name: string,
  token: string | undefined,
  options: Options,
): CoreRoom<Message> {
  if (token === undefined) return joinRoom<Message>(name, options);
  let current = token;
  let reason: RoomError | undefined;
  const room = joinRoom<Message>(name, {
    ...options,
    token: async () => {
      if (reason && renew) current = await renew(current, reason);
      reason = undefined;
      return current;
    },
  });
  room.on("error", (error) => {
    // In a live room, `forbidden` is the answer to one request.
    const isRefused = error.code === "forbidden" && room.state.status === "connecting";
    if (isRefused || /^(invalid_token|token_expiring)$/.test(error.code)) reason = error;
  });
  return room;
}
