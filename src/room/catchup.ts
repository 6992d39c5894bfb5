import type { Audience } from "../audience/audience.ts";
import type { Flow } from "../audience/flow.ts";
import type { Session } from "../audience/session.ts";
import type { RoomLog } from "../log/log.ts";
import { PlainFrames } from "../log/plain.ts";
import { type Segment, segmentAfter } from "../log/segment.ts";
import type { Chore } from "./agenda.ts";
import type { Stalls } from "./stalls.ts";

/**
 * What one page of a replay may be, in code units or bytes and in frames, before it is another session's turn; and how many
 * frames all pages of a turn may be, before the room turns to others. What has been sent takes memory until the runtime gets
 * round to writing it out, and that is between turns: so many small turns, and not a few large ones.
 */
const PAGE_SIZE = 256 * 1024;
const PAGE_FRAMES = 64;
const TURN_FRAMES = 256;

/** After an eviction in the middle of a replay, the alarm brings the object back by then, in milliseconds. */
const RESUME_MS = 2000;

/** What a session was sent of the log since it fell behind, and how many bytes of that it has read, as far as it said. */
type Stretch = { flow: Flow; readTo: number };

/**
 * Sends sessions what they are owed from the log, page by page, and makes them live with the last one: in the turn in
 * which it is sent, so that nothing falls between the replay and what comes after it. A session gets a window's worth, and
 * then waits for its next acknowledgement; it does the same where it did not keep up with what is live.
 */
export class CatchUp implements Chore {
  readonly #log: RoomLog;
  readonly #audience: Audience;
  readonly #stalls: Stalls;
  readonly #resumed: (session: Session) => void;
  readonly #stretches = new WeakMap<Session, Stretch>();
  readonly #plain = new PlainFrames();
  #sessions: Set<Session> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** By when the alarm is to bring the object back, should it go out of memory. */
  #wakeBy = 0;

  /** @param resumed is called for a session that had to wait, and is sent what it is owed again */
  constructor(log: RoomLog, audience: Audience, stalls: Stalls, resumed: (session: Session) => void) {
    this.#log = log;
    this.#audience = audience;
    this.#stalls = stalls;
    this.#resumed = resumed;
  }

  /** Owes a session all that came after `seq`. The first page goes out at once, if nobody is waiting for theirs. */
  begin(session: Session, seq: number): void {
    if (seq >= this.#log.last) return;
    const { flow } = this.#audience;
    session.behind = session.mode === "v1" ? seq : this.#log.within(seq, flow.plainWindow(1));
    if (this.#behind.size === 0) this.#page(session);
    this.#line(session);
  }

  /** A live session has not read what it was sent: it costs no more memory until it has. */
  fallBehind(session: Session): void {
    this.#stalls.begin(session, this.#audience.flow.owedBy(session.behind ?? this.#log.last));
  }

  /** A session has read up to a seq. */
  received(session: Session, seq: number): void {
    session.besides = 0;
    session.page = undefined;
    const sent = session.behind ?? this.#log.last;
    const read = Math.min(seq, sent);
    if (session.behind === undefined) {
      session.readTo = Math.max(session.readTo, this.#audience.flow.at(read) ?? 0);
      return;
    }
    const stretch = this.#stretches.get(session);
    if (stretch !== undefined) stretch.readTo = Math.max(stretch.readTo, stretch.flow.at(read) ?? 0);
    if (!this.#stalls.isOver(session, read)) return;
    this.#resumed(session);
    this.#line(session);
  }

  get #window(): number {
    return this.#audience.flow.window(this.#audience.size);
  }

  /** To the end of the line, if it is owed something and may be sent it. */
  #line(session: Session): void {
    if (session.behind === undefined || session.stalled !== undefined) return;
    if (this.#behind.size === 0) this.#wakeBy = Date.now() + RESUME_MS;
    this.#behind.add(session);
    this.#schedule();
  }

  /** As a chore it takes up what was owed when the object went out of memory in the middle of a replay. */
  due(): number | undefined {
    return this.#behind.size === 0 ? undefined : this.#wakeBy;
  }

  run(now = Date.now()): void {
    this.#wakeBy = now + RESUME_MS;
    this.#schedule();
  }

  get #behind(): Set<Session> {
    this.#sessions ??= new Set(
      [...this.#audience.sessions()].filter(
        ({ behind, stalled }) => behind !== undefined && stalled === undefined,
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
      if (this.#audience.sessionOf(session.socket) !== session) continue;
      frames += this.#tryPage(session);
      if (session.behind !== undefined && session.stalled === undefined) this.#behind.add(session);
    }
  }

  #tryPage(session: Session): number {
    try {
      return this.#page(session);
    } catch (error) {
      console.error("A replay failed:", error);
      this.#audience.dismiss(session, "server_error");
      return 0;
    }
  }

  /** Sends one page, and says how many frames it was. The session is live after the last one. */
  #page(session: Session): number {
    let sent = session.behind ?? this.#log.last;
    if (sent < this.#log.floor) {
      // Retention overtook it. The client returns with its cursor and is told `trimmed`.
      this.#audience.dismiss(session, "too_slow");
      return 0;
    }
    let size = 0;
    let frames = 0;
    for (const segment of this.#log.after(sent)) {
      if (frames >= PAGE_FRAMES || (size > 0 && size + sizeOf(segment) > PAGE_SIZE)) {
        session.behind = sent;
        return frames;
      }
      if (this.#mustWait(session, sent)) {
        session.behind = sent;
        return frames;
      }
      frames += this.#send(session, segmentAfter(segment, sent));
      size += sizeOf(segment);
      sent = segment.last;
      this.#stretch(session, segment);
    }
    this.#live(session);
    return frames;
  }

  /** Whether it has been sent a window's worth. A plain socket cannot say what it has read, and is not waited for. */
  #mustWait(session: Session, sent: number): boolean {
    const stretch = this.#stretches.get(session);
    if (stretch === undefined || unreadOf(stretch) < this.#window) return false;
    this.#stalls.begin(session, stretch.flow.owedBy(sent));
    return true;
  }

  #stretch(session: Session, segment: Segment): void {
    if (session.mode === "plain") return;
    const stretch = this.#stretches.get(session) ?? { flow: this.#audience.flow.again(), readTo: 0 };
    this.#stretches.set(session, stretch);
    stretch.flow.passed(segment.last, sizeOf(segment));
  }

  #live(session: Session): void {
    const stretch = this.#stretches.get(session);
    const unread = stretch === undefined ? 0 : unreadOf(stretch);
    this.#stretches.delete(session);
    session.behind = undefined;
    session.readTo = this.#audience.flow.sent - Math.min(unread, this.#window / 2);
  }

  #send(session: Session, segment: Segment): number {
    const frames = session.mode === "v1" ? [segment.body] : this.#plain.of(segment);
    for (const frame of frames) this.#audience.sendRaw(session, frame);
    return frames.length;
  }
}

function sizeOf({ body }: Segment): number {
  return typeof body === "string" ? body.length : body.byteLength;
}

function unreadOf({ flow, readTo }: Stretch): number {
  return flow.sent - readTo;
}
