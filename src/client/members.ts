import type { Member, PresenceChange, Welcome } from "../protocol/down.ts";
import type { Emitter } from "./emitter.ts";
import type { MemberEvents } from "./events.ts";

/** Who is here, by member id: kept up to date while the room is joined, and empty where there are too many to list. */
export class Members extends Map<string, Member> {
  /** How many they are, listed or not. */
  count = 0;
  /** Whether all of them are in the list. */
  listed = false;
  readonly #events: Emitter<MemberEvents>;
  #self = "";

  constructor(events: Emitter<MemberEvents>) {
    super();
    this.#events = events;
  }

  /** This client itself, as the others see it. */
  get self(): Member | undefined {
    return this.get(this.#self);
  }

  /** Takes in what the server says of them. A list that begins or ends is no news of those who are in it. */
  take(frame: Welcome | PresenceChange): void {
    const before = new Map(this);
    let here: Member[];
    if (frame.type === "welcome") {
      this.#self = frame.member;
      here = frame.members ?? [];
      super.clear();
    } else {
      if (frame.joined.length === frame.count) super.clear();
      for (const id of frame.left) this.delete(id);
      here = [...frame.joined, ...frame.updated];
    }
    for (const member of here) this.set(member.member, member);
    // An empty list is none: this client would be in it.
    this.count = frame.count;
    this.listed = this.count > 0 && this.size === this.count;
    if (!this.listed) super.clear();
    if (before.size > 0) this.#compare(before);
    this.#events.emit("members", this);
  }

  #compare(before: Map<string, Member>): void {
    // Who is told may leave the room, and so end the list.
    for (const [id, member] of before) if (this.listed && !this.has(id)) this.#events.emit("leave", member);
    for (const [id, member] of this) {
      const old = before.get(id);
      if (old === undefined) this.#events.emit("join", member);
      else if (old !== member && JSON.stringify(old) !== JSON.stringify(member))
        this.#events.emit("update", member);
    }
  }

  /** Nothing is known of them any more. */
  override clear(): void {
    super.clear();
    this.count = 0;
    this.listed = false;
    this.#events.emit("members", this);
  }
}
