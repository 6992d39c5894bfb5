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
  "hook-count": "HOOK: onPublish wrote more or less than once for each stored message",
  "hook-missed": "HOOK: onMessage did not handle every stored message",
  "hook-disordered": "HOOK: onMessage got a message before an earlier one",
  "hook-answers": "HOOK: an answer of onMessage is not in the log exactly once",
  history: "OPS: the history is not what the operations of the log make of its messages",
  fold: "OPS: what a client received, folded, is not the history",
  timeline: "OPS: the timeline of a client shows something else than the history",
  "append-gap": "OPS: an append begins after the end of the text that a client has",
  "append-overlap": "OPS: an append repeats other text than a client has",
  "append-text": "OPS: a text is not its appends, each once and in order",
  stale: "OPS: a client received an older form of a message than it had",
  "not-allowed": "OPS: a client changed a message that it may not change",
  "deleted-content": "OPS: a table has content of a deleted message",
  "unreported-gap": "RES: a cursor was refused without a gap event",
  "wrong-reason": "RES: a gap event has the wrong reason",
  "false-resume": "RES: a welcome reports a resume that is impossible",
} as const;

export type ViolationKind = keyof typeof VIOLATIONS;

export type Violation = { kind: ViolationKind; room: string; client?: string; sentence: string };

/** Reports a violation of what a check is about. */
export type Report = (kind: ViolationKind, sentence: string) => void;
