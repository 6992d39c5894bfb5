/** Why a call failed. `code` is an error code of the protocol, the name of a close, or one of the client's own, such as `queue_full`. */
export class RoomError extends Error {
  override readonly name = "RoomError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
