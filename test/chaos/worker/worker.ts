/** The service as deployed, and beside it rooms whose hooks refuse, count, follow and answer messages. */
import {
  type Author,
  createDormouse,
  type Draft,
  reject,
  Room as ServiceRoom,
  type StoredMessage,
} from "../../../src/server/index.ts";

type Bindings = { ROOMS: DurableObjectNamespace<Room>; HOOKED: DurableObjectNamespace<HookedRoom> };

export class Room extends ServiceRoom<Bindings> {}

/** `onPublish` refuses one of so many messages that have a number, after it has counted it. */
const REFUSED_EVERY = 7;
/** `onMessage` answers one of so many messages, and fails for the first time at one of so many. */
const ANSWERED_EVERY = 50;
const FAILED_EVERY = 700;

export class HookedRoom extends ServiceRoom<Bindings> {
  override onStart(): void {
    this.sql.exec("CREATE TABLE IF NOT EXISTS published (member TEXT PRIMARY KEY, count INTEGER)");
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS handled (seq INTEGER PRIMARY KEY, member TEXT, calls INTEGER, op TEXT)",
    );
    this.sql.exec("CREATE TABLE IF NOT EXISTS disordered (seq INTEGER)");
  }

  override onPublish({ data }: Draft, { member }: Author): void {
    this.sql.exec(
      "INSERT INTO published VALUES (?, 1) ON CONFLICT (member) DO UPDATE SET count = count + 1",
      member,
    );
    // Written first, so that only a rollback can undo it.
    if (numberOf(data) % REFUSED_EVERY === 1) throw reject("forbidden", "One of several is refused.");
  }

  override async onMessage({ seq, from }: StoredMessage): Promise<void> {
    this.#handle(seq, from);
    if (seq % ANSWERED_EVERY === 0 && from !== "bot")
      await this.publish({ answerTo: seq }, { id: `answer-${seq}`, from: "bot" });
  }

  override onOperation({ seq, from, op }: Parameters<ServiceRoom["onOperation"]>[0]): void {
    this.#handle(seq, from, op);
  }

  #handle(seq: number, from: string, op?: string): void {
    const { last } = this.sql
      .exec<{ last: number }>("SELECT coalesce(max(seq), 0) AS last FROM handled")
      .one();
    const { calls } = this.sql
      .exec<{ calls: number }>(
        "INSERT INTO handled VALUES (?, ?, 1, ?) ON CONFLICT (seq) DO UPDATE SET calls = calls + 1 RETURNING calls",
        seq,
        from,
        op ?? null,
      )
      .one();
    // After a crash, calls may be repeated.
    if (seq < last && calls === 1) this.sql.exec("INSERT INTO disordered VALUES (?)", seq);
    if (seq % FAILED_EVERY === 0 && calls === 1) throw new Error("The first call of several fails.");
  }

  override onRequest(): Response {
    const rows = (query: string) => this.sql.exec(query).toArray();
    return Response.json({
      seq: this.info().seq,
      published: rows("SELECT member, count FROM published ORDER BY member"),
      handled: rows("SELECT seq, member FROM handled ORDER BY seq"),
      answered: rows(
        `SELECT seq FROM handled WHERE seq % ${ANSWERED_EVERY} = 0 AND op IS NULL AND member <> 'bot' ORDER BY seq`,
      ),
      disordered: rows("SELECT seq FROM disordered"),
    });
  }
}

/** The number of a client's message; 0 for the forms of data that have none. */
function numberOf(data: unknown): number {
  return typeof data === "object" && data !== null && "n" in data ? Number(data.n) : 0;
}

export default createDormouse<Bindings>({
  rooms: (env, room) => (room.startsWith("hooked ") ? env.HOOKED : env.ROOMS),
}).app;
