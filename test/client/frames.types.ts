/** Checked by the compiler: the plain types of the client accept every frame that the protocol's schemas describe. */
import type { BinaryHeader, ServerFrame } from "../../src/client/frames.ts";
import type { BinaryDown, Down } from "../../src/protocol/down.ts";

type Assignable<From extends To, To> = From;

export type Frames = Assignable<Down, ServerFrame>;
export type FrameTypes = Assignable<ServerFrame["type"], Down["type"]>;
export type BinaryFrames = Assignable<BinaryDown, BinaryHeader>;
