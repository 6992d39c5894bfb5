import { signal } from "@preact/signals";
import type { ConnectionState, RoomMessage } from "../../client/core.ts";
import type { ChatMessage } from "./chat-message.ts";

/** How many messages wait to be announced at most. A busy room would otherwise never stop talking. */
const MAX_MESSAGES = 5;

/** The texts that screen readers announce. */
export class Announcements {
  /** The latest messages of other members. */
  readonly messages = signal<readonly ChatMessage[]>([]);
  /** How many messages were unread after the last reconnect; 0 once that is announced. */
  readonly missedCount = signal(0);

  /**
   * Announces messages of other members, but not those from before this session.
   * @param added the messages that have just arrived
   * @param shown all messages that are shown
   */
  add(state: ConnectionState, added: readonly RoomMessage[], shown: readonly ChatMessage[]): void {
    if (state.status !== "live") return;
    const { member, seq } = state.welcome;
    const news = added.filter((message) => message.from !== member && message.seq > seq);
    const ids = new Set(news.map(({ id }) => id));
    const latest = shown.slice(-MAX_MESSAGES).filter(({ id }) => ids.has(id));
    if (latest.length > 0) this.messages.value = [...this.messages.value, ...latest].slice(-MAX_MESSAGES);
  }
}
