/**
 * The part of a service's protocol that the load generator needs. Every contender sends the same frames to all sockets of a room, so
 * the rest of the load generator is the same for all.
 */
export type Protocol = {
  /** The WebSocket subprotocol, if any. */
  subprotocol?: string;
  /** How long the service may send presence after a join, in milliseconds. */
  settleMs?: number;
  /** The prefix of a frame of messages. Frames before the first of them belong to the handshake. */
  messages: string;
  /** Handles a frame before the first message. Absent if the upgrade is the whole handshake. @throws if the frame is unexpected */
  handshake?: (text: string) => HandshakeStep;
  /**
   * A frame that the service sends to a single socket at any time, and that needs an answer: its prefix and length. The messages of
   * the load are ASCII, so none contains the prefix.
   */
  own?: { prefix: Buffer; length: number; answer(frame: Buffer): string };
  /** The frame of a publish. `id` names the publisher and message, `data` the time of sending. */
  publish(id: string, data: string): string;
  /** The messages of a frame. `first`: the seq of the first, if they are numbered. */
  read(text: string): { first?: number; messages: readonly ProtocolMessage[] };
};

/** `isIn`: the socket has joined. `reply`: a frame to send. */
export type HandshakeStep = { isIn: boolean; reply?: string };

export type ProtocolMessage = { id: string; data: string };
