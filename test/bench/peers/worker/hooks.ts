import { createDormouse, Room } from "../../../../src/server/index.ts";

type Bindings = Record<"NONE" | "EMPTY" | "WRITE", DurableObjectNamespace<Room>>;

/** No hook. */
export class NoHook extends Room<Bindings> {}

/** The cost of the call and of its transaction. */
export class EmptyHook extends Room<Bindings> {
  override onPublish(): void {}
}

/** One SQL statement for each message. */
export class WritingHook extends Room<Bindings> {
  override onStart(): void {
    this.sql.exec("CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY, count INTEGER)");
  }

  override onPublish(): void {
    this.sql.exec("INSERT INTO published VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1");
  }
}

export default createDormouse<Bindings>({
  rooms: (env, room) =>
    room.startsWith("none") ? env.NONE : room.startsWith("empty") ? env.EMPTY : env.WRITE,
}).app;
