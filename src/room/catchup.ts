import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import type { RoomLog } from "../log/log.ts";
import { plainFrames, type Segment, segmentAfter } from "../log/segment.ts";

/** What one page of a replay may weigh, in code units or bytes, before the room turns to others. */
const PAGE_SIZE = 256 * 1024;

/**
 * Sends sessions what they are owed from the log, page by page, and makes them live with the last one: in the turn in
 * which it is sent, so that nothing falls between the replay and what comes after it.
 */
export class CatchUp {
  readonly #log: RoomLog;
  readonly #audience: Audience;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(log: RoomLog, audience: Audience) {
    this.#log = log;
    this.#audience = audience;
  }

  /** Owes a session all that came after `seq`. The first page goes out at once. */
  begin(session: Session, seq: number): void {
    session.behind = seq;
    this.#page(session);
    this.#next();
  }

  /** Takes up what was owed when the object was last in memory. */
  resume(): void {
    this.#next();
  }

  #next(): void {
    if (this.#timer !== undefined || !this.#anyBehind()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const session of this.#audience.sessions()) if (session.behind !== undefined) this.#page(session);
      this.#next();
    });
  }

  #anyBehind(): boolean {
    for (const session of this.#audience.sessions()) if (session.behind !== undefined) return true;
    return false;
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
