/** A caller that reads over HTTP, as the Worker hands it to a room. */
export type Reader = {
  member: string;
  /** Whose bucket pays; absent where there is no limit. */
  rateKey?: string;
};
