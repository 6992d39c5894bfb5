import type { Member } from "../../protocol/down.ts";

/** `json`: the entry as it was sent; undefined if that is not known. `isBroadcast`: false if only newcomers were sent it. */
type Announced = { entry: Member; json: string | undefined; isBroadcast: boolean };

/**
 * The list of members as it was last sent to the sessions. The next change is the difference between this and the members that are
 * present.
 */
export class AnnouncedList {
  readonly #members = new Map<string, Announced>();
  /**
   * The sessions that have a list: all of them, all but newcomers who came while there were too many members, or none in a room
   * where members are only counted.
   */
  scope: "all" | "some" | "none" = "all";
  /** The count that all sessions have; undefined if a newcomer was sent another one. */
  count: number | undefined = 0;

  /** Whether all sessions that have a list have this member in it. */
  has(member: string): boolean {
    return this.#members.get(member)?.isBroadcast ?? false;
  }

  /** The entry that was broadcast; undefined if there is none or its content is not known. */
  entry(member: string): Member | undefined {
    const announced = this.#members.get(member);
    return announced?.json === undefined ? undefined : announced.entry;
  }

  /** Takes over an entry that was broadcast before a wake. @param isStale whether it may have been sent with other content */
  restore(entry: Member, isStale: boolean): void {
    const json = isStale ? undefined : JSON.stringify(entry);
    this.#members.set(entry.member, { entry, json, isBroadcast: true });
  }

  /** A newcomer was sent this list, or null if there are too many members, and this count. */
  onSnapshot(list: readonly Member[] | null, count: number): void {
    if (count !== this.count) this.count = undefined;
    if (list === null && this.scope === "all") this.scope = "some";
    for (const entry of list ?? []) {
      if (this.#members.has(entry.member)) continue;
      this.#members.set(entry.member, { entry, json: undefined, isBroadcast: false });
    }
  }

  /**
   * Sets the entry that is broadcast now; undefined if the member has left.
   * @returns the change for the sessions; undefined if there is none
   */
  set(member: string, entry: Member | undefined): "joined" | "left" | "updated" | undefined {
    const before = this.#members.get(member);
    if (entry === undefined) return this.#members.delete(member) ? "left" : undefined;
    const json = JSON.stringify(entry);
    this.#members.set(member, { entry, json, isBroadcast: true });
    if (before?.isBroadcast !== true) return "joined";
    return before.json === json ? undefined : "updated";
  }

  clearMembers(): void {
    this.#members.clear();
  }

  /** No session is left. */
  reset(): void {
    this.#members.clear();
    this.scope = "all";
    this.count = 0;
  }
}
