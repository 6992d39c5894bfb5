import type { Welcome } from "../../src/protocol/down.ts";

/** A welcome to an empty room, but for these fields. */
export const welcomeWith = (fields: Partial<Welcome> = {}): Welcome => ({
  type: "welcome",
  session: "s",
  member: "m",
  name: "Ada",
  epoch: "e",
  seq: 0,
  resumed: false,
  can: ["read"],
  heartbeat: 30,
  limits: {
    messageBytes: 1,
    nameChars: 1,
    idChars: 1,
    historyMessages: 1,
    publishRate: 0,
    signalRate: 0,
    signalBurst: 100,
    signalBytes: 16_384,
    stateBytes: 2048,
    publishBurst: 1,
  },
  members: null,
  count: 1,
  ...fields,
});
