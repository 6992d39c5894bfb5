import { joinRoom, type Room, RoomError, type RoomMessage } from "../../src/client/index.ts";
import type { ClientPlan } from "./plan.ts";
import { tappedSocket } from "./recording-socket.ts";
import type { Data, Entry, MemberRecord, Outcome, Sent } from "./records.ts";

type MemberPlan = Extract<ClientPlan, { kind: "member" }>;

/** A client of the SDK, which writes down what it sends, what becomes of it, and what it gets. */
export class Member {
  readonly record: MemberRecord;
  readonly #plan: MemberPlan;
  readonly #host: string;
  readonly #token: string;
  #room: Room | undefined;
  #cursor: string | undefined;
  #over = false;
  /** Errors that no call waited for. */
  errors = 0;

  constructor(plan: MemberPlan, host: string) {
    const { name: client, room, history } = plan;
    this.record = { client, room, history, sent: [], entries: [], connections: [] };
    this.#plan = plan;
    this.#host = host;
    this.#token = `guest-key-of-${plan.name}`.padEnd(24, "-");
  }

  join(): void {
    const { name, room, history, socket } = this.#plan;
    const joined = joinRoom(room, {
      host: this.#host,
      name,
      token: this.#token,
      history,
      cursor: {
        load: () => this.#cursor,
        save: (cursor) => {
          this.#cursor = cursor;
        },
      },
      socket: (url, protocols) =>
        tappedSocket(socket, url, protocols, (connection) => {
          if (!this.#over) this.record.connections.push(connection);
        }),
    });
    this.#room = joined;
    joined.on("message", (message) => {
      this.#write({ kind: "message", epoch: epochOf(joined), ...entryOf(message) });
    });
    joined.on("gap", ({ epoch, seq, reason }) => this.#write({ kind: "gap", epoch, seq, reason }));
    joined.on("state", (state) => {
      if (state.status === "live") {
        const { epoch, seq, resumed } = state.welcome;
        this.#write({ kind: "welcome", epoch, seq, resumed });
      } else if (state.status !== "connecting") this.#write({ kind: "lost" });
    });
    joined.on("error", () => {
      this.errors++;
    });
  }

  /** Whether it had joined, so that there was something to publish to. */
  publish(data: Data): boolean {
    if (this.#room === undefined) return false;
    const sent: Sent = { data, outcome: { kind: "open" } };
    this.record.sent.push(sent);
    const settle = (outcome: Outcome) => {
      if (!this.#over) sent.outcome = outcome;
    };
    const body = "base64" in data ? Buffer.from(data.base64, "base64") : data.json;
    this.#room.publish(body).then(
      ({ id, seq }) => settle({ kind: "acknowledged", id, seq }),
      (error) => settle({ kind: "refused", code: error instanceof RoomError ? error.code : String(error) }),
    );
    return true;
  }

  /** As a page that is reloaded: what is on its way is left to its fate, the cursor is kept. */
  reload(): boolean {
    if (this.#room === undefined) return false;
    this.#room.leave();
    this.#write({ kind: "reload" });
    this.join();
    return true;
  }

  /** Whether every publish is settled, and it has all up to there. */
  hasSettled(position: string): boolean {
    const { pending = 0, cursor, state } = this.#room ?? {};
    return pending === 0 && state?.status === "live" && cursor === position;
  }

  /** Closes the record, then leaves. */
  end(): void {
    this.#over = true;
    this.#room?.leave();
  }

  #write(entry: Entry): void {
    if (!this.#over) this.record.entries.push(entry);
  }
}

/** The epoch of the room as the client knows it while it hands a message out. */
function epochOf({ cursor }: Room): string {
  return cursor?.slice(0, cursor.indexOf(".")) ?? "";
}

function entryOf({ seq, id, data, bytes }: RoomMessage<unknown>): { seq: number; id: string; data: Data } {
  return {
    seq,
    id,
    data: bytes === undefined ? { json: data } : { base64: Buffer.from(bytes).toString("base64") },
  };
}
