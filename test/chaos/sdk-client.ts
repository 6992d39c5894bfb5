import { joinRoom, type Room, RoomError } from "../../src/client/index.ts";
import { SECRET, token as tokenWith } from "../support/tokens.ts";
import { operateOverHttp, type Request } from "./http-operation.ts";
import type { ClientPlan } from "./plan.ts";
import type { Way } from "./plan-operations.ts";
import { recordingSocket } from "./recording-socket.ts";
import type { Data, MemberEvent, MemberRecord, Outcome, Sent, SentOperation } from "./records.ts";
import type { Targets } from "./targets.ts";
import { isOperation, messageOf, operationOf, type WireMessage } from "./wire-message.ts";

/** The key of the tokens of moderators, a setting of the service. */
export const AUTH_SECRET = SECRET;

type MemberPlan = Extract<ClientPlan, { kind: "member" }>;

/** A client with a cursor, which records what it sends, each outcome, and what it receives. */
export class SdkClient {
  readonly record: MemberRecord;
  readonly #plan: MemberPlan;
  readonly #host: string;
  readonly #token: string;
  readonly #targets: Targets;
  #room: Room | undefined;
  #cursor: string | undefined;
  #ended = false;
  /** Errors from `error` events. */
  errors = 0;
  /** Operations over HTTP that have no answer yet. */
  #calls = 0;
  #lastSeq = 0;

  constructor(plan: MemberPlan, host: string, targets: Targets) {
    const { name: client, room, history, moderator } = plan;
    this.record = {
      client,
      room,
      moderator,
      history,
      sent: [],
      operations: [],
      events: [],
      connections: [],
      timeline: [],
    };
    this.#plan = plan;
    this.#host = host;
    this.#targets = targets;
    this.#token = moderator
      ? tokenWith({ sub: client, can: ["read", "publish", "signal", "presence", "moderate"] })
      : `guest-key-of-${plan.name}`.padEnd(24, "-");
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
    // The timeline begins to collect messages with its first use.
    joined.timeline.getSnapshot();
    joined.on("message", (message) => this.#onMessage(message as WireMessage, epochOf(joined)));
    joined.on("gap", ({ epoch, seq, reason }) => this.#note({ kind: "gap", epoch, seq, reason }));
    joined.on("state", (state) => {
      if (state.status === "live") {
        const { epoch, seq, resumed, member } = state.welcome;
        this.record.member = member;
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
      ({ id, seq }) => {
        settle({ kind: "acknowledged", id, seq });
        this.#targets.add(this.record.room, { seq, client: this.#plan.name });
      },
      (error) => settle({ kind: "refused", code: error instanceof RoomError ? error.code : String(error) }),
    );
    return true;
  }

  /** Sends an operation with its id over the socket, over HTTP, or both. Does nothing before the first join. */
  operate(request: Request, via: Way): void {
    if (this.#room === undefined) return;
    const sent: SentOperation = { ...request, via, outcomes: [] };
    this.record.operations.push(sent);
    if (via !== "http") this.#settle(sent, this.#publish(this.#room, request));
    if (via !== "socket") {
      this.#calls++;
      const call = operateOverHttp(
        this.#host,
        this.record.room,
        this.#token,
        request,
        () => this.#ended,
        (why) => this.#failed(sent, why),
      );
      this.#settle(
        sent,
        call.finally(() => void this.#calls--),
      );
    }
  }

  async #publish(room: Room, { id, op, target, key, data }: Request): Promise<Outcome> {
    const json = data !== undefined && "json" in data ? data.json : undefined;
    try {
      const { seq } = await room.publish(json, { id, op, target, ...(key === undefined ? {} : { key }) });
      return { kind: "acknowledged", id, seq };
    } catch (error) {
      return { kind: "refused", code: error instanceof RoomError ? error.code : String(error) };
    }
  }

  #failed(sent: SentOperation, because: string): void {
    for (const outcome of sent.outcomes)
      if (outcome.kind === "open") outcome.because = `${outcome.because ?? ""} ${because}`;
  }

  #settle(sent: SentOperation, outcome: Promise<Outcome>): void {
    const i = sent.outcomes.push({ kind: "open" }) - 1;
    void outcome.then((settled) => {
      if (!this.#ended) sent.outcomes[i] = settled;
    });
  }

  /** Reads a page of history. @param back how many seqs before the newest message that it has */
  async readPage(back: number, limit: number): Promise<void> {
    const room = this.#room;
    if (room?.state.status !== "live") return;
    try {
      const { messages } = await room.history({ before: Math.max(1, this.#lastSeq + 1 - back), limit });
      if (room !== this.#room) return;
      this.#note({
        kind: "page",
        epoch: epochOf(room),
        messages: messages.map((each) => messageOf(each as WireMessage)),
      });
    } catch {
      // The connection was lost before the answer.
    }
  }

  #onMessage(message: WireMessage, epoch: string): void {
    this.#lastSeq = message.seq;
    if (isOperation(message)) this.#note({ kind: "operation", epoch, ...operationOf(message) });
    else {
      this.#note({ kind: "message", epoch, ...messageOf(message) });
      // Answers of hooks are left alone, so that they can be counted.
      if (message.from !== "bot")
        this.#targets.add(this.record.room, { seq: message.seq, client: undefined });
    }
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
    return pending === 0 && this.#calls === 0 && state?.status === "live" && cursor === position;
  }

  /** Stops recording, then leaves. */
  end(): void {
    this.#ended = true;
    const { pending, state } = this.#room ?? {};
    for (const sent of this.record.operations)
      this.#failed(sent, `${sent.via}, ${pending} are pending, ${state?.status}`);
    const items = this.#room?.timeline.getSnapshot().messages ?? [];
    this.record.timeline = items
      .filter(({ status }) => status === "sent")
      .map((item) => messageOf(item as unknown as WireMessage));
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
