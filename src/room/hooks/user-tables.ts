import type { RoomModule } from "../modules.ts";

/** Tables of the room itself, of SQLite and of the platform. */
const RESERVED = /^(dormouse_|sqlite_|_cf_)/i;

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
          "Tables whose names begin with dormouse_ are the room's own. Use tables of other names.",
        );
      }
      return sql.exec(query, ...bindings);
    },
    get databaseSize() {
      return sql.databaseSize;
    },
  };
}

/** @internal Keeps the storage of a room in which its owner has tables. */
export class UserTables implements RoomModule {
  readonly name = "user tables";
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  storageNeededUntil(): number {
    const tables = this.#sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray();
    return tables.some(({ name }) => !RESERVED.test(name)) ? Number.POSITIVE_INFINITY : 0;
  }
}
