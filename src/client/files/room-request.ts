import type { Problem } from "../../protocol/codes.ts";
import { roomUrl } from "../connection/room-url.ts";
import { loadGuestKey } from "../connection/storage.ts";
import type { CoreRoom } from "../core-room.ts";
import { RoomError } from "../error.ts";

/** A room that this client has joined, with messages of any type. */
export type AnyRoom = Pick<CoreRoom, "name" | "leave">;

/** A failed call that may succeed later. `after`: milliseconds to wait at least. */
export class TemporaryError extends RoomError {
  readonly after: number;

  constructor(code: string, message: string, after = 0) {
    super(code, message);
    this.after = after;
  }
}

/** The address of a call about the files of a room. */
export function filesUrl(room: AnyRoom, path = ""): URL {
  const { name, options, members } = room as CoreRoom;
  // A guest may have changed its name since it joined.
  const url = roomUrl(name, options, { name: members.self?.name ?? options.name });
  url.pathname += `/files${path}`;
  return url;
}

/** The credential of this client, as its room has it: a guest without a token is the guest of the browser. */
export async function credentialOf(room: AnyRoom): Promise<string> {
  const { token } = (room as CoreRoom).options;
  try {
    return (typeof token === "function" ? await token() : token) ?? loadGuestKey();
  } catch (error) {
    if (error instanceof RoomError) throw error;
    throw new TemporaryError("token", String(error));
  }
}

/**
 * Makes a call about the files of a room.
 * @throws RoomError the code of the service; TemporaryError where the call may succeed later
 */
export async function filesCall<Answer>(
  room: AnyRoom,
  method: string,
  path: string,
  { json, signal }: { json?: object | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${await credentialOf(room)}` };
  if (json) headers["content-type"] = "application/json";
  let response: Response;
  let body: string;
  try {
    const init = { method, headers, ...(json && { body: JSON.stringify(json) }), ...(signal && { signal }) };
    response = await fetch(filesUrl(room, path), init);
    body = await response.text();
  } catch (error) {
    throw new TemporaryError("network", String(error));
  }
  return answerOf(response.status, body);
}

/** The answer of the service. @throws RoomError */
export function answerOf<Answer>(status: number, body: string): Answer {
  if (status === 204) return undefined as Answer;
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new TemporaryError("network", `The service answered ${status} with something else than JSON.`);
  }
  if (status >= 200 && status < 300) return json as Answer;
  const { code = "internal", detail = `The service answered ${status}.`, retryAfter = 0 } = json as Problem;
  if (status >= 500 || status === 429) throw new TemporaryError(code, detail, retryAfter);
  throw new RoomError(code, detail);
}
