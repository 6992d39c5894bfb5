import { fnv1a } from "../room/log/epoch.ts";

/**
 * The number of shards. With it, the shard of a room changes, so reports move over as rooms become active, and the rows in the other shards end
 * with their time.
 */
export const SHARDS = 8;

/** The name of the shard of a room. */
export function shardOf(room: string): string {
  return shardName(fnv1a(room) % SHARDS);
}

export function shardName(index: number): string {
  return `directory-${index}`;
}

/** Compares names as SQLite does: by code points. Strings of JavaScript compare by UTF-16 code units. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
