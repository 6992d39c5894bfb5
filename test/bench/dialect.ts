/**
 * How to talk to a service, as much of it as the load needs. Whoever is measured, a room sends one and the same frames to all of
 * its sockets, so the rest of the load generator need not know whom it loads.
 */
export type Dialect = {
  /** The subprotocol to offer, where there is one. */
  subprotocol?: string;
  /** For how long after a join the service may tell sockets who is there: milliseconds. */
  settleMs?: number;
  /** How a frame that holds messages begins; what comes before the first of them is a socket's own. */
  messages: string;
  /** What a socket is told before the first message; absent where the upgrade is all. @throws where it should not be told so */
  greeted?: (text: string) => Greeting;
  /**
   * A frame that the service sends to each socket whenever it likes, and wants answered: how it begins, and how long it is. Messages
   * here are ASCII, so that no bytes of theirs can be taken for it.
   */
  own?: { prefix: Buffer; length: number; answer(frame: Buffer): string };
  /** The frame that publishes: `id` tells whose message it is and which, `data` when it was sent. */
  publish(id: string, data: string): string;
  /** The messages of a frame that began with them; `first` is the number of the first, where they are numbered. */
  read(text: string): { first?: number; messages: readonly Heard[] };
};

/** `isIn`: the socket is in the room. `reply`: what has to be said for it. */
export type Greeting = { isIn: boolean; reply?: string };

export type Heard = { id: string; data: string };
