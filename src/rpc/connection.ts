/** The payload of a frame: text, or bytes. */
export type Frame = string | ArrayBuffer | Uint8Array;

/** A connection that can be written to and closed. */
export type Peer = {
  /** @throws where the connection takes nothing any more */
  send(frame: Frame): void;
  /** @param reason at most 123 bytes (RFC 6455, section 5.5) */
  close(code?: number, reason?: string): void;
};

/**
 * The connection of one session. The code that serves sessions knows no more of it than this, so that a session can also live
 * behind another object than the one that holds its socket.
 */
export interface Connection extends Peer {
  /** Whether neither side has begun to close. */
  readonly isOpen: boolean;
  /** When the peer last sent a `ping` that the runtime answered: milliseconds, 0 if never. */
  readonly lastPingAt: number;
  /** The state of the last `save`; it outlives hibernation. */
  load(): unknown;
  /** @param state JSON of at most 16,000 bytes */
  save(state: unknown): void;
}
