/**
 * How to talk to a service, as much of it as the load needs. Whoever is measured, a room sends one and the same frames to all of
 * its sockets, so the rest of the load generator need not know whom it loads.
 */
export type Dialect = {
  /** The subprotocol to offer, where there is one. */
  subprotocol?: string;
  /** How a frame that holds messages begins; what comes before the first of them is a socket's own. */
  messages: string;
  /** What a socket is told before the first message; absent where the upgrade is all. @throws where it should not be told so */
  greeted?: (text: string) => Greeting;
  /** A frame that the service sends to each socket whenever it likes, and wants answered. */
  ping?: { frame: Buffer; answer: string };
  /** The frame that publishes: `id` tells whose message it is and which, `data` when it was sent. */
  publish(id: string, data: string): string;
  /** The messages of a frame that began with them; `first` is the number of the first, where they are numbered. */
  read(text: string): { first?: number; messages: readonly Heard[] };
};

/** `isIn`: the socket is in the room. `reply`: what has to be said for it. `ackBytes`: how often `received` is wanted. */
export type Greeting = { isIn: boolean; reply?: string; ackBytes?: number };

export type Heard = { id: string; data: string };
