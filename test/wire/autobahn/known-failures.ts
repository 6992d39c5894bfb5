import { UTF8 } from "./utf8.ts";

/**
 * Cases that fail because of the runtime: before a Worker sees anything of them, and for a bare echo alike. docs/PROTOCOL.md
 * lists them. `varies`: whether it fails is a matter of timing.
 */
export type Known = { why: string; varies?: true };

const CONTROL: readonly [string, Known][] = [
  ["2.5", { why: "the runtime answers a ping that is longer than 125 bytes" }],
  ["2.10", { why: "of pings that arrive together, the runtime answers the first and the last" }],
  [
    "2.11",
    { why: "of pings that arrive together, the runtime answers the first and the last", varies: true },
  ],
  ["7.5.1", { why: "the runtime replaces bytes that are not UTF-8 before a Worker sees them" }],
];

const TEXT: readonly [string, Known][] = UTF8.filter(({ ending }) => ending.kind === "fail").map(({ id }) => [
  id,
  { why: "the runtime replaces bytes that are not UTF-8 before a Worker sees them" },
]);

export const KNOWN: ReadonlyMap<string, Known> = new Map([...CONTROL, ...TEXT]);
