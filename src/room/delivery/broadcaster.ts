import type { PresenceChange } from "../../protocol/down.ts";
import { frameSize } from "../../protocol/text.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { RoomModule } from "../modules.ts";
import { SILENT_PLAIN_REASON } from "../sessions/close.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { Backpressure } from "./backpressure.ts";
import type { Sender } from "./sender.ts";
import { StreamPositions } from "./stream-positions.ts";

/** A frame of the log on its way to every session. */
export type LogFrame = {
  body: string | ArrayBuffer;
  /** The seqs of its first and its last message. */
  first: number;
  last: number;
  /** The frames for plain sockets, with operations or without. It is called at most once for each, and only if there is such a socket. */
  plain: (withOperations: boolean) => readonly (string | Uint8Array)[];
};

/** Sends the same frame to all sessions that may receive it: one `send` each, and nothing else per socket. */
export class Broadcaster implements RoomModule {
  readonly name = "broadcaster";
  /** The positions of seqs in the stream of live frames. */
  readonly positions: StreamPositions;
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;
  readonly #backpressure: Backpressure;
  readonly #telemetry: Telemetry;

  constructor({
    connections,
    sender,
    backpressure,
    ackBytes,
    telemetry,
  }: {
    connections: ConnectionManager;
    sender: Sender;
    backpressure: Backpressure;
    ackBytes: number;
    telemetry: Telemetry;
  }) {
    this.#connections = connections;
    this.#sender = sender;
    this.#backpressure = backpressure;
    this.#telemetry = telemetry;
    this.positions = new StreamPositions(ackBytes);
  }

  /**
   * Sends a frame of the log to each session that is live and may read. A session whose window is full becomes backpressured: it
   * receives the frame later, by replay. A plain socket whose window is full and that shows no activity is closed.
   */
  sendMessages({ body, first, last, plain }: LogFrame): void {
    const { budget } = this.#connections;
    const size = frameSize(body);
    const full: Session[] = [];
    const plainFrames: { [withOperations: string]: readonly (string | Uint8Array)[] } = {};
    for (const session of this.#connections.sessions()) {
      if (session.replayFrom !== undefined || !session.can.has("read")) continue;
      if (session.mode === "v1") {
        if (budget.hasRoom(session.flow)) this.#sender.sendFrame(session, body, size);
        else {
          session.replayFrom = first - 1;
          full.push(session);
        }
        continue;
      }
      if (!budget.hasRoom(session.flow) && !this.#sender.countActivity(session)) {
        this.#connections.close(session, "too_slow", SILENT_PLAIN_REASON);
        continue;
      }
      const { getsOperations } = session;
      plainFrames[`${getsOperations}`] ??= plain(getsOperations);
      for (const frame of plainFrames[`${getsOperations}`] ?? []) this.#sender.sendRaw(session, frame);
      budget.onSent(session.flow, size);
    }
    this.positions.onSent(last, size);
    for (const session of full) {
      this.#backpressure.begin(session, this.positions);
      this.#telemetry.emit("slow_reader", { member: session.member });
    }
    if (budget.isScarce) this.#connections.releaseEnded();
  }

  /**
   * Sends a change of the member list to all sessions that may see it, also to those that are catching up. A session whose window is full
   * misses the change.
   * @returns the sessions that missed an earlier change and have room again; each needs the whole list
   */
  sendPresence(change: PresenceChange): Session[] {
    const body = JSON.stringify(change);
    const needList: Session[] = [];
    for (const session of this.#connections.sessions()) {
      if (session.mode !== "v1" || !session.can.has("presence")) continue;
      if (this.#sender.isFull(session)) session.missedPresence = true;
      else if (session.missedPresence) needList.push(session);
      else this.#sender.sendText(session, body);
    }
    return needList;
  }

  /**
   * Sends an encoded frame of signals to all sessions. A session that is catching up, or whose window is full, does not receive it.
   * @param except members who receive frames of their own
   */
  sendSignals(body: string, except: Pick<ReadonlyMap<string, unknown>, "has" | "size">): void {
    for (const session of this.#connections.sessions()) {
      if (except.size === 0 || !except.has(session.member)) this.#sendSignal(session, body);
    }
  }

  /** Sends an encoded frame of signals to the sessions of one member. */
  sendSignalsTo(member: string, body: string): void {
    for (const session of this.#connections.sessionsOf(member)) this.#sendSignal(session, body);
  }

  #sendSignal(session: Session, body: string): void {
    const isLiveReader = session.mode === "v1" && session.can.has("read") && session.replayFrom === undefined;
    if (isLiveReader && !this.#sender.isFull(session)) this.#sender.sendText(session, body);
  }

  onErase(): void {
    this.positions.reset();
  }
}
