/** Types of the wire without the schemas that check them, for the type declarations of the package. */

export type { Capability } from "./capabilities.ts";

/** A member of a room, as others see it. `state`: the public state that it set, any JSON. */
export type Member = { member: string; name: string; state: unknown };

/** The position of a room's log: the seq of the newest message, and of the newest one that was removed; and the number of members. */
export type RoomInfo = { epoch: string; seq: number; floor: number; count: number };
