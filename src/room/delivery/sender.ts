import type { ErrorCode } from "../../protocol/codes.ts";
import type { Down } from "../../protocol/down.ts";
import type { Frame } from "../../rpc/connection.ts";
import { isolateTelemetry } from "../../telemetry/isolate-telemetry.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";

/** Sends frames to one session at a time, and charges them to the session's flow. */
export class Sender {
  readonly #connections: ConnectionManager;
  readonly #telemetry: Telemetry;

  constructor(connections: ConnectionManager, telemetry: Telemetry = isolateTelemetry) {
    this.#connections = connections;
    this.#telemetry = telemetry;
  }

  /** @returns the length of the frame in UTF-16 code units */
  send(session: Session, frame: Down): number {
    return this.sendText(session, JSON.stringify(frame));
  }

  /** Sends a frame that is encoded already. @returns its length in UTF-16 code units */
  sendText(session: Session, body: string): number {
    this.sendFrame(session, body, body.length);
    return body.length;
  }

  /** Sends a frame, charges it to the session, and requests a mark where one is due. */
  sendFrame(session: Session, body: string | ArrayBuffer, size: number): void {
    this.sendRaw(session, body);
    this.#connections.budget.onSent(session.flow, size);
    if (!this.requestMark(session)) session.saveFlowInSteps();
  }

  /** Sends a frame and charges nothing. A connection that takes nothing any more has ended, whatever the platform reports later. */
  sendRaw(session: Session, frame: Frame): void {
    try {
      session.connection.send(frame);
    } catch {
      this.#connections.remove(session, "lost");
    }
  }

  /** Tells a session what is wrong with a frame that it sent. */
  sendError(
    session: Session,
    code: ErrorCode,
    message: string,
    { id, retryAfter }: { id?: string | undefined; retryAfter?: number | undefined } = {},
  ): void {
    const { isAckExpected } = session.flow;
    this.#telemetry.emit("refusal", { member: session.member, code, source: "frame" });
    this.send(session, {
      type: "error",
      code,
      message,
      ...(id === undefined ? {} : { id }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    // An error asks for no acknowledgement: the frame that caused it may have been one.
    session.flow.isAckExpected = isAckExpected;
  }

  /**
   * Sends a mark where one is due. The client returns it once it has read everything before it.
   * @returns whether it did
   */
  requestMark(session: Session): boolean {
    const { flow } = session;
    if (!session.returnsMarks || !this.#connections.budget.wantsMark(flow)) return false;
    const mark = crypto.randomUUID();
    flow.mark = mark;
    flow.sentSinceMark = 0;
    this.sendRaw(session, JSON.stringify({ type: "mark", mark } satisfies Down));
    session.saveFlow();
    return true;
  }

  /** Whether a session may have another answer to a request: up to a window of answers, also while the window is full. */
  canAnswer({ flow }: Session): boolean {
    return flow.unreadAnswers <= this.#connections.budget.window(flow);
  }

  /** Whether a session has as much unread as it may. */
  isFull({ flow, backpressure }: Session): boolean {
    return backpressure !== undefined || !this.#connections.budget.hasRoom(flow);
  }

  /**
   * Counts activity of a plain socket as an acknowledgement, since it cannot send one.
   * @returns whether there was one since the last that was counted
   */
  countActivity({ flow, lastActivityAt }: Session): boolean {
    if (lastActivityAt <= flow.countedActivityAt) return false;
    flow.countedActivityAt = lastActivityAt;
    this.#connections.budget.onAcknowledged(flow, 0, Date.now());
    return true;
  }
}
