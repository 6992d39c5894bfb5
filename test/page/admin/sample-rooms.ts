import { SHARDS, shardName } from "../../../src/directory/shards.ts";
import type { Operators } from "../../support/operators.ts";

const KINDS = ["order", "team", "support", "match", "doc", "class", "stream", "table"];
const HOUR_MS = 3_600_000;

/** `reportAgeMs`: when it reported. A stale room whose `isLost` cannot be asked, so it stays stale. */
export type SampleRoom = {
  room: string;
  members?: number;
  seq?: number;
  rate?: number;
  ageMs?: number;
  reportAgeMs?: number;
  isLost?: boolean;
};

/** Rooms of a service with many: most are small and calm, and a few are large. Each run has the same. */
export function sampleRooms(count: number): SampleRoom[] {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  return Array.from({ length: count }, (_, i) => {
    const members = Math.floor(random() ** 6 * 900);
    const rate = members === 0 ? 0 : Math.floor(random() ** 3 * members * 4);
    const room = `${KINDS[i % KINDS.length]}-${String(Math.floor(i / KINDS.length) + 1).padStart(4, "0")}`;
    const ageMs = rate > 0 ? random() * 60_000 : random() ** 3 * 48 * HOUR_MS;
    return { room, members, rate, ageMs, seq: Math.floor(random() ** 2 * 40_000) + rate };
  });
}

/** Reports rooms to the directory of the service. */
export async function reportRooms(operators: Operators, rooms: readonly SampleRoom[]): Promise<void> {
  const now = Date.now();
  const reports = rooms.map(
    ({ room, members = 0, seq = 1, rate = 0, ageMs = 0, reportAgeMs = 0, isLost }) => ({
      ...(isLost ? { object: "lost" } : {}),
      room,
      at: now - reportAgeMs,
      activity: {
        members,
        sockets: Math.ceil(members * 1.2),
        seq,
        rate,
        activeAt: Math.floor(now - ageMs),
        until: now + 24 * HOUR_MS,
      },
    }),
  );
  const answer = await operators.service.beside("/", { method: "POST", body: JSON.stringify(reports) });
  if (answer.status !== 204) throw new Error(await answer.text());
}

/**
 * Adds thousands of rooms, named `bulk-00000` and so on, to the tables of the directory. Each shard needs a report before. That takes no longer than a few
 * reports do, and the service lists them in the same way.
 */
export async function addRows(operators: Operators, count: number): Promise<void> {
  const now = Date.now();
  await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) =>
      operators.service.sql(
        shardName(shard),
        `INSERT INTO rooms (room, object, members, sockets, seq, rate, active_at, reported_at, until)
         WITH RECURSIVE n(i) AS (SELECT ${shard} UNION ALL SELECT i + ${SHARDS} FROM n WHERE i + ${SHARDS} < ${count})
         SELECT printf('bulk-%05d', i), 'bulk', i % 9, i % 11, i, i % 60, ${now}, ${now}, ${now + 24 * HOUR_MS} FROM n`,
        "Directory",
      ),
    ),
  );
}
