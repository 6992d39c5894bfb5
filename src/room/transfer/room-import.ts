import { DormouseError } from "../../protocol/codes.ts";
import type { Imported } from "../../protocol/room-list.ts";
import type { ExportedMessage } from "../../protocol/transfer.ts";
import type { ImportStart } from "../../rpc/data-calls.ts";
import { type Outcome, refused } from "../../rpc/outcome.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule, RoomModules } from "../modules.ts";
import type { Flush } from "../publish/flush.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import { gapRow, importedForm, importRows } from "./import-rows.ts";
import { type ImportState, ImportTables } from "./import-tables.ts";

/** An import that gets no part for this long is over: milliseconds. */
const IDLE_MS = 60_000;

type Parts = {
  storage: DurableObjectStorage;
  log: RoomLog;
  flush: Flush;
  modules: RoomModules;
  alarm: AlarmScheduler;
  connections: ConnectionManager;
};

/**
 * Imports messages into the room while it is empty. They wait in tables of their own, and become the log at the end, in one transaction.
 * Until then the room is as if there were no import.
 */
export class RoomImport implements RoomModule {
  readonly name = "import";
  readonly #parts: Parts;
  readonly #tables: ImportTables;
  /** When the last part came; undefined where there is no import, or after a wake. */
  #changedAt: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#tables = new ImportTables(parts.storage.sql);
  }

  begin({ floor }: ImportStart): Outcome<string> {
    const now = Date.now();
    const { state } = this.#tables;
    if (state !== undefined && state.changedAt + IDLE_MS > now)
      return notEmpty("Another import into the room is under way. Wait for its end.");
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    const key = crypto.randomUUID();
    this.#write(() => {
      this.#tables.drop();
      this.#tables.save({ key, floor, last: floor, at: 0, total: 0, messages: 0, changedAt: now });
    });
    this.#parts.alarm.scheduleEarlier();
    return { value: key };
  }

  add(key: string, text: string): Outcome<null> {
    const state = this.#stateOf(key);
    if (state === undefined) return over();
    const messages: ExportedMessage[] = JSON.parse(text);
    this.#write(() => {
      let { total } = state;
      for (const { segment, ids } of importRows(messages, state))
        total = this.#tables.addSegment(segment, ids, total);
      for (const message of messages) {
        const form = importedForm(message);
        if (form !== undefined) this.#tables.addForm(form, message.reactions ?? {});
      }
      const { seq: last, at } = messages.at(-1) ?? { seq: state.last, at: state.at };
      this.#tables.save({
        ...state,
        last,
        at,
        total,
        messages: state.messages + messages.length,
        changedAt: Date.now(),
      });
    });
    return { value: null };
  }

  /** Closes all sessions, which reconnect to the new log. */
  end(key: string, seq: number): Outcome<Imported> {
    const { log, modules, alarm, connections } = this.#parts;
    const state = this.#stateOf(key);
    if (state === undefined) return over();
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.abort(key);
      return refusal;
    }
    log.replace((epoch) => {
      if (seq > state.last) {
        const { segment, ids } = gapRow(state.last + 1, seq, state.at || Date.now());
        this.#tables.addSegment(segment, ids, state.total);
      }
      this.#tables.adopt(epoch, state.floor);
    });
    this.#changedAt = undefined;
    modules.onImport();
    alarm.scheduleEarlier();
    for (const session of [...connections.sessions()]) connections.close(session, "erased");
    return { value: { epoch: log.epoch, messages: state.messages, seq: log.last } };
  }

  abort(key: string): void {
    if (this.#stateOf(key) !== undefined) this.#drop();
  }

  /** The room is to be empty after an erase. */
  onErase(): void {
    if (this.#tables.state !== undefined) this.#drop();
  }

  onStorageDeleted(): void {
    this.#tables.forget();
    this.#changedAt = undefined;
  }

  nextRunAt(): number | undefined {
    return this.#changedAt === undefined ? undefined : this.#changedAt + IDLE_MS;
  }

  run(now: number): void {
    const { state } = this.#tables;
    if (state !== undefined && state.changedAt + IDLE_MS <= now) this.#drop();
    else this.#changedAt = state?.changedAt;
  }

  storageNeededUntil(): number {
    const { state } = this.#tables;
    return state === undefined ? 0 : state.changedAt + IDLE_MS;
  }

  /** Messages that were accepted before are in the log first. */
  #refusal(): { refusal: Exclude<Outcome<never>, { value: never }>["refusal"] } | undefined {
    const { flush, log } = this.#parts;
    flush.flushNow();
    if (log.isEmpty) return undefined;
    return notEmpty("The room has messages. Import into another room, or erase this one first.");
  }

  #stateOf(key: string): ImportState | undefined {
    const { state } = this.#tables;
    return state?.key === key ? state : undefined;
  }

  #write(write: () => void): void {
    try {
      this.#parts.storage.transactionSync(write);
      this.#changedAt = Date.now();
    } catch (error) {
      this.#tables.forget();
      throw error;
    }
  }

  #drop(): void {
    this.#parts.storage.transactionSync(() => this.#tables.drop());
    this.#changedAt = undefined;
  }
}

function notEmpty(why: string) {
  return refused(new DormouseError("not_empty", why));
}

function over() {
  const why = "The import is over: the room was erased, or no part came for a minute. Start again.";
  return refused(new DormouseError("epoch_changed", why));
}
