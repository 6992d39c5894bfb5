import { frameSize } from "../../protocol/text.ts";
import type { AlarmTask } from "../alarm/alarm-scheduler.ts";
import type { Backpressure } from "../flow/backpressure.ts";
import type { StreamPositions } from "../flow/stream-positions.ts";
import type { RoomLog } from "../log/log.ts";
import { type Segment, segmentAfter } from "../log/segment.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import { PlainFrames } from "./plain-frames.ts";

/**
 * What one page of a replay may be, in code units or bytes and in frames, before it is another session's turn; and how many
 * frames all pages of a turn may be, before the room turns to others. What has been sent takes memory until the runtime gets
 * round to writing it out, and that is between turns: so many small turns, and not a few large ones.
 */
const PAGE_SIZE = 256 * 1024;
const PAGE_FRAMES = 64;
const TURN_FRAMES = 256;

/** A plain socket is sent the newest messages of a replay that weigh no more than this: bytes. */
const PLAIN_REPLAY_BYTES = 32 * 1024 * 1024;

/** How often waiting plain sockets are looked at, milliseconds: their pings are answered without the room. */
const PLAIN_LOOK_MS = 500;

/** After an eviction in the middle of a replay, the alarm brings the object back by then, in milliseconds. */
const RESUME_MS = 2000;

/**
 * Sends sessions what they are owed from the log, page by page, and makes them live with the last one: in the turn in
 * which it is sent, so that nothing falls between the replay and what comes after it. A session is sent a window's worth and
 * then waits until it has read half of that; it does the same where it did not keep up with what is live.
 */
export class Replay implements AlarmTask {
  readonly #log: RoomLog;
  readonly #connections: ConnectionManager;
  readonly #backpressure: Backpressure;
  /** Where seqs lie in what each session was sent of the log since it fell behind. */
  readonly #positions = new WeakMap<Session, StreamPositions>();
  readonly #plain = new PlainFrames();
  #sessions: Set<Session> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;
  /** By when the alarm is to bring the object back, should it go out of memory. */
  #wakeBy = 0;

  constructor(log: RoomLog, connections: ConnectionManager, backpressure: Backpressure) {
    this.#log = log;
    this.#connections = connections;
    this.#backpressure = backpressure;
  }

  /** Owes a session all that came after `seq`. The first page goes out at once, if nobody is waiting for theirs. */
  begin(session: Session, seq: number): void {
    if (seq >= this.#log.last) return;
    session.replayFrom = session.mode === "v1" ? seq : this.#log.earliestSeqWithin(seq, PLAIN_REPLAY_BYTES);
    if (this.#behind.size === 0) this.#page(session);
    this.#line(session);
  }

  /** A live session has not read what it was sent: it costs no more memory until it has. */
  pause(session: Session): void {
    this.#backpressure.begin(session, this.#connections.livePositions);
  }

  /** A session that was backpressured has read enough to be sent more. */
  resume(session: Session): void {
    this.#line(session);
  }

  /** At most how much of its replay a session has not read that has read up to a seq. */
  unreadAfter(session: Session, seq: number): number {
    return this.#positions.get(session)?.bytesAfter(seq) ?? Number.POSITIVE_INFINITY;
  }

  /** To the end of the line, if it is owed something and may be sent it. */
  #line(session: Session): void {
    if (session.replayFrom === undefined || session.backpressure !== undefined) return;
    if (this.#behind.size === 0) this.#wakeBy = Date.now() + RESUME_MS;
    this.#behind.add(session);
    this.#schedule();
  }

  /** As a chore it takes up what was owed when the object went out of memory in the middle of a replay. */
  nextRunAt(): number | undefined {
    return this.#behind.size === 0 ? undefined : this.#wakeBy;
  }

  run(now = Date.now()): void {
    this.#wakeBy = now + RESUME_MS;
    this.#schedule();
    this.#lookAtPlain();
  }

  get #behind(): Set<Session> {
    this.#sessions ??= new Set(
      [...this.#connections.sessions()].filter(
        ({ replayFrom, backpressure }) => replayFrom !== undefined && backpressure === undefined,
      ),
    );
    return this.#sessions;
  }

  #schedule(): void {
    if (this.#behind.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#turn();
      this.#schedule();
    });
  }

  /** A page for each session in its turn; who got one and is still behind goes to the end of the line. */
  #turn(): void {
    let frames = 0;
    for (const session of [...this.#behind]) {
      if (frames >= TURN_FRAMES) return;
      this.#behind.delete(session);
      if (this.#connections.sessionOf(session.socket) !== session) continue;
      frames += this.#tryPage(session);
      if (session.replayFrom !== undefined && session.backpressure === undefined) this.#behind.add(session);
    }
  }

  #tryPage(session: Session): number {
    try {
      return this.#page(session);
    } catch (error) {
      console.error("A replay failed:", error);
      this.#connections.close(session, "server_error");
      return 0;
    }
  }

  /** Sends one page, and says how many frames it was. The session is live after the last one. */
  #page(session: Session): number {
    let sent = session.replayFrom ?? this.#log.last;
    if (sent < this.#log.floor) {
      // Retention overtook it. The client returns with its cursor and is told `trimmed`.
      this.#connections.close(session, "too_slow");
      return 0;
    }
    let size = 0;
    let frames = 0;
    for (const segment of this.#log.after(sent)) {
      const isPage = frames >= PAGE_FRAMES || (size > 0 && size + frameSize(segment.body) > PAGE_SIZE);
      const mustWait = !isPage && !this.#hasRoom(session);
      if (mustWait) this.#backpressure.begin(session, this.#positionsOf(session));
      if (isPage || mustWait) {
        session.replayFrom = sent;
        if (mustWait && session.mode === "plain") this.#lookAtPlain();
        return frames;
      }
      frames += this.#send(session, segmentAfter(segment, sent));
      size += frameSize(segment.body);
      sent = segment.last;
    }
    session.replayFrom = undefined;
    this.#positions.delete(session);
    return frames;
  }

  #hasRoom({ mode, flow }: Session): boolean {
    const { budget } = this.#connections;
    return mode === "v1" ? budget.hasRoom(flow) : flow.unread <= budget.replayWindow(flow);
  }

  #send(session: Session, segment: Segment): number {
    const { body, last } = segment;
    const size = frameSize(body);
    if (session.mode === "v1") {
      this.#connections.sendFromLog(session, body, size);
      this.#positionsOf(session).onSent(last, size);
      return 1;
    }
    const frames = this.#plain.of(segment);
    for (const frame of frames) this.#connections.sendRaw(session, frame);
    this.#connections.budget.onSent(session.flow, size);
    return frames.length;
  }

  #positionsOf(session: Session): StreamPositions {
    const known = this.#positions.get(session);
    if (known !== undefined) return known;
    const positions = this.#connections.newStreamPositions();
    this.#positions.set(session, positions);
    return positions;
  }

  /** Goes on with plain sockets that have pinged since they had to wait. */
  #lookAtPlain(): void {
    const waiting = [...this.#connections.sessions()].filter(
      ({ mode, backpressure }) => mode === "plain" && backpressure !== undefined,
    );
    for (const session of waiting) {
      if (this.#connections.noteSignOfLife(session) && this.#backpressure.release(session))
        this.resume(session);
    }
    if (waiting.length === 0 || this.#looking !== undefined) return;
    this.#looking = setTimeout(() => {
      this.#looking = undefined;
      this.#lookAtPlain();
    }, PLAIN_LOOK_MS);
  }
}
