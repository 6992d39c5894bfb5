import { DormouseError, RETRY_LATER_MS } from "../../protocol/codes.ts";
import { frameSize } from "../../protocol/text.ts";
import type { Admission } from "../../rpc/admission.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { ReadLimiter } from "../limits/read-limiter.ts";
import type { RoomLog } from "../log/log.ts";
import { type Segment, segmentAfter } from "../log/segment.ts";
import type { RoomModule } from "../modules.ts";
import type { History } from "../operations/history.ts";
import type { MessageForms } from "../operations/message-forms.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { Backpressure } from "./backpressure.ts";
import { PlainFrames } from "./plain-frames.ts";
import { SeenTexts } from "./seen-texts.ts";
import type { Sender } from "./sender.ts";
import { type StartPosition, startPositionOf } from "./start-position.ts";
import { StreamPositions } from "./stream-positions.ts";
import { withoutOperations } from "./without-operations.ts";

/**
 * A page is what one session is sent before it is another session's turn: code units or bytes, and frames. All pages of a turn have at
 * most `TURN_FRAMES` frames. The runtime writes frames out between turns, and they take memory until then, so turns are small.
 */
const PAGE_SIZE = 256 * 1024;
const PAGE_FRAMES = 64;
const TURN_FRAMES = 256;

/** A plain socket is sent the newest messages of a replay up to this size: bytes. */
const PLAIN_REPLAY_BYTES = 32 * 1024 * 1024;

/** Waiting plain sockets are checked this often, because the runtime answers their pings without the room: milliseconds. */
const PLAIN_CHECK_MS = 500;

/** An object that is evicted in the middle of a replay is woken by the alarm within this time: milliseconds. */
const WAKE_MS = 2000;

type Parts = {
  log: RoomLog;
  forms: MessageForms;
  history: History;
  connections: ConnectionManager;
  sender: Sender;
  backpressure: Backpressure;
  reads: ReadLimiter;
  telemetry: Telemetry;
  ackBytes: number;
  /** The most messages that a replay may have. */
  maxReplay: number;
};

/**
 * Sends sessions the messages that they missed, page by page. A session becomes live in the turn in which its last page is sent, so that
 * no message falls between the replay and what follows. A session whose window fills waits until half of it is free; a live session that
 * fell behind continues in the same way.
 */
export class Replay implements RoomModule {
  readonly name = "replay";
  readonly #parts: Parts;
  /** The positions in what each session was sent since its replay began. */
  readonly #positions = new WeakMap<Session, StreamPositions>();
  readonly #plainFrames = new PlainFrames();
  /** For fresh plain sockets. */
  readonly #seenTexts = new WeakMap<Session, SeenTexts>();
  /** The sessions that may be sent their next page, in their order. */
  #restored: Set<Session> | undefined;
  #turnTimer: ReturnType<typeof setTimeout> | undefined;
  #plainTimer: ReturnType<typeof setTimeout> | undefined;
  #wakeBy = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where a client begins. Its replay is charged to its read limit. */
  startOf({ cursor, history, grant, rateKey }: Admission, now: number): StartPosition | DormouseError {
    const { log, reads, maxReplay, telemetry } = this.#parts;
    try {
      const { epoch, last, floor } = log;
      const position = {
        epoch,
        last,
        floor,
        isContinuedBy: (other: string) => log.isContinuedBy(other),
        beforeNewest: (count: number) => this.#beforeNewest(count),
        hasMoreAfter: (seq: number, count: number) => log.pages.hasMoreAfter(seq, count),
      };
      const start = startPositionOf(position, cursor, history, maxReplay);
      const isFree = !grant.can.includes("read") || grant.can.includes("admin");
      const bytes = isFree ? 0 : log.bytesAfter(start.from);
      return reads.chargeReplay(rateKey, bytes, now) ?? start;
    } catch (error) {
      telemetry.fault("storage_failed", "The log could not be read for a new session", error);
      return new DormouseError("unavailable", "The room cannot be read. Try again later.", RETRY_LATER_MS);
    }
  }

  /** The seq before the newest messages. Operations do not count. */
  #beforeNewest(messages: number): number {
    const { log, forms } = this.#parts;
    return forms.exist ? log.pages.beforeNewest(messages) : Math.max(log.floor, log.last - messages);
  }

  onRedact(): void {
    this.#plainFrames.clear();
  }

  onErase(): void {
    this.#plainFrames.clear();
  }

  /** Begins the replay of a session. Its first page is sent at once, unless other sessions wait for theirs. */
  onLive(session: Session, { from, resumed }: StartPosition): void {
    const { log, forms } = this.#parts;
    if (!session.can.has("read") || from >= log.last) return;
    // A fresh session gets messages as they are now. A returning one has some of them, and gets what was done to them.
    if (!resumed && forms.exist) session.currentUntil = log.last;
    session.replayFrom = session.mode === "v1" ? from : log.earliestSeqWithin(from, PLAIN_REPLAY_BYTES);
    if (this.#queue.size === 0) this.#sendPage(session);
    this.continue(session);
  }

  /** Queues a session for its next page, where it misses messages and is not backpressured. */
  continue(session: Session): void {
    if (session.replayFrom === undefined || session.backpressure !== undefined) return;
    if (this.#queue.size === 0) this.#wakeBy = Date.now() + WAKE_MS;
    this.#queue.add(session);
    this.#scheduleTurn();
  }

  /** The most that is unread of a replay for a session that acknowledged a seq: bytes. */
  unreadAfter(session: Session, seq: number): number {
    return this.#positions.get(session)?.bytesAfter(seq) ?? Number.POSITIVE_INFINITY;
  }

  onWake(): void {
    this.run(Date.now());
  }

  /** The alarm wakes the object where it was evicted in the middle of a replay. */
  nextRunAt(): number | undefined {
    return this.#queue.size === 0 ? undefined : this.#wakeBy;
  }

  run(now: number): void {
    this.#wakeBy = now + WAKE_MS;
    this.#scheduleTurn();
    this.#checkPlain();
  }

  get #queue(): Set<Session> {
    this.#restored ??= new Set(
      [...this.#parts.connections.sessions()].filter(
        ({ replayFrom, backpressure }) => replayFrom !== undefined && backpressure === undefined,
      ),
    );
    return this.#restored;
  }

  #scheduleTurn(): void {
    if (this.#queue.size === 0) return;
    this.#turnTimer ??= setTimeout(() => {
      this.#turnTimer = undefined;
      this.#runTurn();
      this.#scheduleTurn();
    });
  }

  /** Sends one page to each session in the queue. A session that needs another one goes to the end of the queue. */
  #runTurn(): void {
    let frames = 0;
    for (const session of [...this.#queue]) {
      if (frames >= TURN_FRAMES) return;
      this.#queue.delete(session);
      if (!this.#parts.connections.has(session)) continue;
      frames += this.#trySendPage(session);
      if (session.replayFrom !== undefined && session.backpressure === undefined) this.#queue.add(session);
    }
  }

  #trySendPage(session: Session): number {
    try {
      return this.#sendPage(session);
    } catch (error) {
      this.#parts.telemetry.fault("storage_failed", "A replay", error);
      this.#parts.connections.close(session, "server_error");
      return 0;
    }
  }

  /** Sends one page; after the last one the session is live. @returns the number of its frames */
  #sendPage(session: Session): number {
    const { log, connections, backpressure } = this.#parts;
    let sent = session.replayFrom ?? log.last;
    if (sent < log.floor) {
      // Retention removed messages that the session still needs. Its client reconnects with its cursor, and receives `trimmed`.
      connections.close(session, "too_slow");
      return 0;
    }
    let size = 0;
    let frames = 0;
    for (const segment of this.#segmentsAfter(session, sent)) {
      const isPageFull = frames >= PAGE_FRAMES || (size > 0 && size + frameSize(segment.body) > PAGE_SIZE);
      const isWindowFull = !isPageFull && !this.#hasRoom(session);
      if (isWindowFull) backpressure.begin(session, this.#positionsOf(session));
      if (isPageFull || isWindowFull) {
        session.replayFrom = sent;
        if (isWindowFull && session.mode === "plain") this.#checkPlain();
        return frames;
      }
      frames += this.#sendSegment(session, segment);
      size += frameSize(segment.body);
      sent = segment.last;
    }
    session.replayFrom = undefined;
    session.currentUntil = undefined;
    this.#positions.delete(session);
    this.#seenTexts.delete(session);
    return frames;
  }

  /** The messages that a session misses after a seq: in their current form up to where the session was fresh, then as they were sent. */
  *#segmentsAfter(session: Session, after: number): Generator<Segment> {
    const { log, history } = this.#parts;
    const { currentUntil = 0, member, mode } = session;
    let sent = after;
    for (const segment of withoutOperations(log.after(sent), sent, currentUntil)) {
      const until = Math.min(segment.last, currentUntil);
      if (until > sent) {
        for (const current of history.currentSegments(segment, sent, until, member)) {
          const isNewer = log.last > currentUntil;
          if (isNewer && mode === "plain") this.#seenTextsOf(session).note(current, currentUntil);
          yield current;
        }
      }
      if (until < segment.last) yield segmentAfter(segment, Math.max(until, sent));
      sent = segment.last;
    }
  }

  #hasRoom({ mode, flow }: Session): boolean {
    const { budget } = this.#parts.connections;
    return mode === "v1" ? budget.hasRoom(flow) : flow.unread <= budget.replayWindow(flow);
  }

  #sendSegment(session: Session, segment: Segment): number {
    const { connections, sender } = this.#parts;
    const { body, last } = segment;
    const size = frameSize(body);
    if (session.mode === "v1") {
      sender.sendFrame(session, body, size);
      this.#positionsOf(session).onSent(last, size);
      return 1;
    }
    const news = this.#seenTexts.get(session)?.newsOf(segment) ?? segment;
    const frames = this.#plainFrames.of(news, session.getsOperations);
    for (const frame of frames) sender.sendRaw(session, frame);
    connections.budget.onSent(session.flow, size);
    return frames.length;
  }

  #seenTextsOf(session: Session): SeenTexts {
    const known = this.#seenTexts.get(session) ?? new SeenTexts();
    this.#seenTexts.set(session, known);
    return known;
  }

  #positionsOf(session: Session): StreamPositions {
    const known = this.#positions.get(session);
    if (known !== undefined) return known;
    const positions = new StreamPositions(this.#parts.ackBytes);
    this.#positions.set(session, positions);
    return positions;
  }

  /** Continues with plain sockets that showed activity since their window filled. */
  #checkPlain(): void {
    const { connections, sender, backpressure } = this.#parts;
    const waiting = [...connections.sessions()].filter(
      (session) => session.mode === "plain" && session.backpressure !== undefined,
    );
    for (const session of waiting) {
      if (sender.countActivity(session) && backpressure.release(session)) this.continue(session);
    }
    if (waiting.length === 0 || this.#plainTimer !== undefined) return;
    this.#plainTimer = setTimeout(() => {
      this.#plainTimer = undefined;
      this.#checkPlain();
    }, PLAIN_CHECK_MS);
  }
}
