import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { shardOf } from "../../src/directory/shards.ts";

/** When the rooms of a directory reported last, by their own clocks: milliseconds, sorted. */
export function reportTimesIn(storage: string): number[] {
  const times: number[] = [];
  eachShard(storage, true, (database) => {
    const rows = database.prepare("SELECT reported_at AS at FROM rooms").all();
    times.push(...rows.map(({ at }) => Number(at)));
  });
  return times.sort((a, b) => a - b);
}

/**
 * Adds rooms to the tables of a directory, as if they had reported. To begin so many takes minutes, and a page reads only these tables. No
 * service may use the storage, and each shard must have a room.
 */
export function addRooms(storage: string, rooms: readonly string[]): void {
  let added = 0;
  eachShard(storage, false, (database) => {
    const [known] = database.prepare("SELECT * FROM rooms LIMIT 1").all();
    if (known === undefined) throw new Error("A shard has no room.");
    const shard = shardOf(String(known.room));
    const names = Object.keys(known);
    const insert = database.prepare(
      `INSERT INTO rooms (${names.join()}) VALUES (${names.map(() => "?").join()})`,
    );
    database.exec("BEGIN");
    for (const room of rooms.filter((each) => shardOf(each) === shard)) {
      const object = Buffer.from(room).toString("hex").padEnd(64, "0");
      const row: typeof known = { ...known, room, object };
      insert.run(...names.map((name) => row[name] ?? null));
      added++;
    }
    database.exec("COMMIT");
  });
  if (added !== rooms.length) throw new Error(`Only ${added} of ${rooms.length} rooms have a shard.`);
}

function eachShard(storage: string, readOnly: boolean, use: (database: DatabaseSync) => void): void {
  const files = globSync(join(storage, "Directory", "*.sqlite"));
  for (const file of files.filter((each) => !each.endsWith("metadata.sqlite"))) {
    const database = new DatabaseSync(file, { readOnly });
    try {
      use(database);
    } finally {
      database.close();
    }
  }
}
