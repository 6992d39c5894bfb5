/** What a message can do to another one, its target. `docs/PROTOCOL.md` says what each one does, and who may. */
export const OPERATIONS = ["edit", "delete", "append", "react", "unreact"] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** An operation on the message `target`, a seq. `key`: that of a reaction. */
export type Operation = { op: OperationName; target: number; key?: string | undefined };

/** A reaction as everybody sees it: how many members, and the first of them. `mine`: the reader is one of them. */
export type Reaction = { count: number; members: string[]; mine?: boolean | undefined };
