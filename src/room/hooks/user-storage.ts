import type { RoomModule } from "../modules.ts";

/** Tables of the room itself, of SQLite and of the platform. */
const RESERVED = /^(dormouse_|sqlite_|_cf_)/i;

/** Keys of the room itself in the key-value storage, with the one that versions before 0.2 had. */
const RESERVED_KEY = /^(dormouse |task failures$)/;

/** Keys that are looked at to find one of the owner's. The room itself has fewer. */
const KEYS = 10;

/** Statements that name a table of the room itself. */
const TOUCHES_RESERVED = /\bdormouse_\w/i;

/** The part of `SqlStorage` that server code uses. */
export type UserSql = Pick<SqlStorage, "exec" | "databaseSize">;

/** @internal The database of a room for its owner's own tables. A statement that names a table of the room itself is refused. */
export function userSqlOf(sql: SqlStorage): UserSql {
  return {
    exec(query, ...bindings) {
      if (TOUCHES_RESERVED.test(query)) {
        throw new Error(
          "Tables whose names begin with dormouse_ are the room's own. Use tables of other names. Pass texts with dormouse_ as parameters (?).",
        );
      }
      return sql.exec(query, ...bindings);
    },
    get databaseSize() {
      return sql.databaseSize;
    },
  };
}

/** @internal Keeps the storage of a room in which its owner has tables, or values under keys. */
export class UserStorage implements RoomModule {
  readonly name = "user storage";
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  storageNeededUntil(): number {
    const { sql, kv } = this.#storage;
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray();
    const isUsed =
      tables.some(({ name }) => !RESERVED.test(name)) ||
      [...kv.list({ limit: KEYS })].some(([key]) => !RESERVED_KEY.test(key));
    return isUsed ? Number.POSITIVE_INFINITY : 0;
  }
}
