import { joinRoom, type Room, RoomError, type RoomMessage } from "../../src/client/index.ts";
import type { ClientPlan } from "./plan.ts";
import { recordingSocket } from "./recording-socket.ts";
import type { Data, MemberEvent, MemberRecord, Outcome, Sent } from "./records.ts";

type MemberPlan = Extract<ClientPlan, { kind: "member" }>;

/** A client with a cursor, which records what it sends, each outcome, and what it receives. */
export class SdkClient {
  readonly record: MemberRecord;
  readonly #plan: MemberPlan;
  readonly #host: string;
  readonly #token: string;
  #room: Room | undefined;
  #cursor: string | undefined;
  #ended = false;
  /** Errors from `error` events. */
  errors = 0;

  constructor(plan: MemberPlan, host: string) {
    const { name: client, room, history } = plan;
    this.record = { client, room, history, sent: [], events: [], connections: [] };
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
        recordingSocket(socket, url, protocols, (connection) => {
          if (!this.#ended) this.record.connections.push(connection);
        }),
    });
    this.#room = joined;
    joined.on("message", (message) => {
      this.#note({ kind: "message", epoch: epochOf(joined), ...messageOf(message) });
    });
    joined.on("gap", ({ epoch, seq, reason }) => this.#note({ kind: "gap", epoch, seq, reason }));
    joined.on("state", (state) => {
      if (state.status === "live") {
        const { epoch, seq, resumed } = state.welcome;
        this.#note({ kind: "welcome", epoch, seq, resumed });
      } else if (state.status !== "connecting") this.#note({ kind: "lost" });
    });
    joined.on("error", () => {
      this.errors++;
    });
  }

  /** Returns false before the first join. */
  publish(data: Data): boolean {
    if (this.#room === undefined) return false;
    const sent: Sent = { data, outcome: { kind: "open" } };
    this.record.sent.push(sent);
    const settle = (outcome: Outcome) => {
      if (!this.#ended) sent.outcome = outcome;
    };
    const body = "base64" in data ? Buffer.from(data.base64, "base64") : data.json;
    this.#room.publish(body).then(
      ({ id, seq }) => settle({ kind: "acknowledged", id, seq }),
      (error) => settle({ kind: "refused", code: error instanceof RoomError ? error.code : String(error) }),
    );
    return true;
  }

  /** Leaves and joins again with its cursor, as a page that reloads. Publishes in flight may be lost. */
  reload(): boolean {
    if (this.#room === undefined) return false;
    this.#room.leave();
    this.#note({ kind: "reload" });
    this.join();
    return true;
  }

  /** Whether every publish is settled, and it has all messages up to this position. */
  hasSettled(position: string): boolean {
    const { pending = 0, cursor, state } = this.#room ?? {};
    return pending === 0 && state?.status === "live" && cursor === position;
  }

  /** Stops recording, then leaves. */
  end(): void {
    this.#ended = true;
    this.#room?.leave();
  }

  #note(event: MemberEvent): void {
    if (!this.#ended) this.record.events.push(event);
  }
}

/** The epoch of the room during a message event. */
function epochOf({ cursor }: Room): string {
  return cursor?.slice(0, cursor.indexOf(".")) ?? "";
}

function messageOf({ seq, id, data, bytes }: RoomMessage<unknown>): { seq: number; id: string; data: Data } {
  return {
    seq,
    id,
    data: bytes === undefined ? { json: data } : { base64: Buffer.from(bytes).toString("base64") },
  };
}
