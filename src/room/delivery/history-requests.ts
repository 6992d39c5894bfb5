import type { Up } from "../../protocol/up.ts";
import type { RateLimiters } from "../limits/rate-limiters.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { History } from "../operations/history.ts";
import type { Session } from "../sessions/session.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { Sender } from "./sender.ts";

/** When a session that has not acknowledged its answers may ask again: milliseconds. */
const RETRY_MS = 1000;

type HistoryEvent = Extract<Up, { type: "history" }>;
type Parts = {
  log: RoomLog;
  history: History;
  sender: Sender;
  rateLimiters: RateLimiters;
  acknowledgements: Acknowledgements;
};

/** Answers `history`: pages of older messages for a session. */
export class HistoryRequests implements RoomModule {
  readonly name = "history requests";
  readonly handlers = {
    history: (session: Session, event: HistoryEvent, now: number) => this.#answer(session, event, now),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  #answer(session: Session, { id, before, limit }: HistoryEvent, now: number): void {
    const { log, history, sender, rateLimiters, acknowledgements } = this.#parts;
    if (!session.can.has("read")) {
      sender.sendError(session, "forbidden", "You may not read in this room.", { id });
      return;
    }
    acknowledgements.onPageRead(session, before);
    if (!sender.canAnswer(session)) {
      const why = "You have not acknowledged earlier answers. Acknowledge them, then ask again.";
      sender.sendError(session, "rate_limited", why, { id, retryAfter: RETRY_MS });
      return;
    }
    const page = history.rangeBefore(before ?? log.last + 1, limit);
    const head = `{"type":"history","id":${JSON.stringify(id)},"messages":`;
    const size = sender.sendText(
      session,
      `${head}${history.pageJson(page, session.member)},"more":${page.more}}`,
    );
    session.flow.unreadAnswers += size;
    acknowledgements.notePage(session, { first: page.first, size });
    rateLimiters.publishes.chargePage(session, size, now);
  }
}
