/** Messages that have been let in over HTTP, as the Worker hands them to a room. */
export type Post = {
  member: string;
  name: string;
  /** Whose bucket pays for them; absent where there is no limit. */
  rateKey?: string;
  messages: readonly PostedMessage[];
};

/** `json`: the data as JSON text, encoded once, in the Worker. Either way it is known to fit. */
export type PostedMessage = { id: string; json: string } | { id: string; bytes: Uint8Array };
