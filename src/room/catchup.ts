import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import type { RoomLog } from "../log/log.ts";
import { plainFrames, type Segment, segmentAfter } from "../log/segment.ts";
import type { Chore } from "./agenda.ts";

/** What one page of a replay may weigh, in code units or bytes, before the room turns to others. */
const PAGE_SIZE = 256 * 1024;

/** After an eviction in the middle of a replay, the alarm brings the object back by then, in milliseconds. */
const RESUME_MS = 2000;

/**
 * Sends sessions what they are owed from the log, page by page, and makes them live with the last one: in the turn in
 * which it is sent, so that nothing falls between the replay and what comes after it.
 */
export class CatchUp implements Chore {
  readonly #log: RoomLog;
  readonly #audience: Audience;
  #sessions: Set<Session> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(log: RoomLog, audience: Audience) {
    this.#log = log;
    this.#audience = audience;
  }

  /** Owes a session all that came after `seq`. The first page goes out at once. */
  begin(session: Session, seq: number): void {
    session.behind = seq;
    this.#page(session);
    if (session.behind === undefined) return;
    this.#behind.add(session);
    this.#schedule();
  }

  /** As a chore it takes up what was owed when the object went out of memory in the middle of a replay. */
  due(): number | undefined {
    return this.#behind.size === 0 ? undefined : Date.now() + RESUME_MS;
  }

  run(): void {
    this.#schedule();
  }

  get #behind(): Set<Session> {
    this.#sessions ??= new Set([...this.#audience.sessions()].filter(({ behind }) => behind !== undefined));
    return this.#sessions;
  }

  #schedule(): void {
    if (this.#behind.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const session of this.#behind) {
        const here = this.#audience.sessionOf(session.socket) === session;
        if (here) this.#page(session);
        if (!here || session.behind === undefined) this.#behind.delete(session);
      }
      this.#schedule();
    });
  }

  #page(session: Session): void {
    let sent = session.behind ?? this.#log.last;
    if (sent < this.#log.floor) {
      // Retention overtook it. The client returns with its cursor and is told `trimmed`.
      this.#audience.dismiss(session, "too_slow");
      return;
    }
    let size = 0;
    for (const segment of this.#log.after(sent)) {
      if (size > 0 && size + sizeOf(segment) > PAGE_SIZE) {
        session.behind = sent;
        return;
      }
      this.#send(session, segmentAfter(segment, sent));
      size += sizeOf(segment);
      sent = segment.last;
    }
    session.behind = undefined;
  }

  #send(session: Session, segment: Segment): void {
    const frames = session.mode === "v1" ? [segment.body] : plainFrames(segment);
    for (const frame of frames) this.#audience.sendRaw(session, frame);
  }
}

function sizeOf({ body }: Segment): number {
  return typeof body === "string" ? body.length : body.byteLength;
}
