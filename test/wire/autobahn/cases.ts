import type { Case } from "./case.ts";
import { CLOSING, PINGS } from "./control.ts";
import { FRAMING } from "./framing.ts";
import { FRAGMENTATION, RESERVED_BITS, RESERVED_OPCODES } from "./protocol-errors.ts";
import { UTF8 } from "./utf8.ts";

export const CASES: readonly Case[] = [
  ...FRAMING,
  ...PINGS,
  ...RESERVED_BITS,
  ...RESERVED_OPCODES,
  ...FRAGMENTATION,
  ...UTF8,
  ...CLOSING,
];
