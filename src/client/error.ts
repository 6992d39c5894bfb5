/** Why a call of the SDK failed. `code` is an error code of the protocol, or `queue_full`, `closed` or `left`. */
export class RoomError extends Error {
  override readonly name = "RoomError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
