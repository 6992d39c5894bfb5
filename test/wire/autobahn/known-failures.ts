import { UTF8 } from "./utf8.ts";

/**
 * Cases that fail because of the runtime, for a bare echo as well. docs/PROTOCOL.md lists them. `varies`: the result depends on timing.
 */
export type KnownFailure = { why: string; varies?: true };

const CONTROL: readonly [string, KnownFailure][] = [
  ["2.5", { why: "the runtime answers a ping of more than 125 bytes" }],
  ["2.10", { why: "the runtime answers only the first and last of pings that arrive together" }],
  [
    "2.11",
    { why: "the runtime answers only the first and last of pings that arrive together", varies: true },
  ],
  ["7.5.1", { why: "the runtime replaces invalid UTF-8 before a Worker sees it" }],
];

const TEXT: readonly [string, KnownFailure][] = UTF8.filter(({ ending }) => ending.kind === "fail").map(
  ({ id }) => [id, { why: "the runtime replaces invalid UTF-8 before a Worker sees it" }],
);

export const KNOWN_FAILURES: ReadonlyMap<string, KnownFailure> = new Map([...CONTROL, ...TEXT]);
