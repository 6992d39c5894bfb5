/** How a promise can be broken. */
export const BREACHES = {
  order: "ORD: two have seen different messages at one place of the order, or the log has another there",
  gap: "ORD: a client was not given a message, and was not told so",
  repeat: "ORD: a client was given what it had, or what lies before it",
  hole: "ORD: the log lacks a seq between its first and its last",
  run: "ORD: what a plain client got on one connection is no run of the log",
  seam: "ORD: what a member got on one connection does not begin where it should, or has a gap or a repeat",
  behind: "ORD: a client that was there at the end has not got all",
  altered: "ORD: a message is not what its publisher sent",
  invented: "ORD: a message that nobody sent",
  vanished: "DUR: a client has seen what is not in the log",
  lost: "DUR: what was acknowledged is not in the log",
  moved: "DUR: what was acknowledged has another seq in the log",
  unsettled: "DUR: a publish was neither acknowledged nor refused",
  refused: "LIM: a publish was refused for good, and is in the log",
  twice: "ONCE: a publish is in the log twice",
  untold: "RES: a cursor was not honoured, and its client was not told why",
  pretext: "RES: the reason that a client was told is not so",
  "false-resume": "RES: a client was told that it goes on where it was, and that cannot be",
} as const;

export type BreachKind = keyof typeof BREACHES;

export type Breach = { kind: BreachKind; room: string; client?: string; sentence: string };
