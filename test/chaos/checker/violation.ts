/** How a guarantee can be violated. Each kind starts with the group of its rule in docs/GUARANTEES.md. */
export const VIOLATIONS = {
  order: "ORD: two clients, or a client and the log, have different messages at one seq",
  gap: "ORD: a member missed a message, and got no gap event",
  redelivered: "ORD: a member got a message at or before its position",
  "log-gap": "ORD: the log lacks a seq between its first and its last",
  "not-contiguous": "ORD: the messages of a plain connection are not in a row in the log",
  "connection-gap": "ORD: a member's connection starts at the wrong seq, or has a gap or a repeat",
  incomplete: "ORD: a client that was connected at the end lacks messages",
  altered: "ORD: a message differs from what its publisher sent",
  "unknown-message": "ORD: no client sent a message of the log",
  "not-in-log": "DUR: a client received a message that is not in the log",
  lost: "DUR: an acknowledged message is not in the log",
  moved: "DUR: an acknowledged message has another seq in the log",
  unsettled: "DUR: a publish was neither acknowledged nor refused",
  refused: "LIM: a refused publish is in the log",
  duplicate: "ONCE: a publish is in the log twice",
  "unreported-gap": "RES: a cursor was refused without a gap event",
  "wrong-reason": "RES: a gap event has the wrong reason",
  "false-resume": "RES: a welcome reports a resume that is impossible",
} as const;

export type ViolationKind = keyof typeof VIOLATIONS;

export type Violation = { kind: ViolationKind; room: string; client?: string; sentence: string };
