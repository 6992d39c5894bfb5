import type { Emitter } from "./emitter.ts";
import type { MemberEvents } from "./events.ts";
import type { Member, PresenceChange, Welcome } from "./frames.ts";

/** The members of the room by member id. It is empty where the room has too many to list. */
export class Members<State = unknown> extends Map<string, Member<State>> {
  /** How many members the room has, listed or not. */
  count = 0;
  /** Whether the map holds all of them. */
  listed = false;
  readonly #events: Emitter<MemberEvents<State>>;
  #self = "";

  constructor(events: Emitter<MemberEvents<State>>) {
    super();
    this.#events = events;
  }

  /** This client itself, as the others see it. */
  get self(): Member<State> | undefined {
    return this.get(this.#self);
  }

  /** Applies a frame. A list that begins or ends emits no `join` and no `leave`. */
  apply(frame: Welcome<State> | PresenceChange<State>): void {
    const before = new Map(this);
    let present: Member<State>[];
    if (frame.type === "welcome") {
      this.#self = frame.member;
      present = frame.members ?? [];
      super.clear();
    } else {
      if (frame.joined.length === frame.count) super.clear();
      for (const id of frame.left) this.delete(id);
      present = [...frame.joined, ...frame.updated];
    }
    for (const member of present) this.set(member.member, member);
    // A list would hold this client, so an empty one is not a list.
    this.count = frame.count;
    this.listed = this.count > 0 && this.size === this.count;
    if (!this.listed) super.clear();
    if (before.size > 0) this.#emitChanges(before);
    this.#events.emit("members", this);
  }

  #emitChanges(before: Map<string, Member<State>>): void {
    // A listener may leave the room, which ends the list.
    for (const [id, member] of before) if (this.listed && !this.has(id)) this.#events.emit("leave", member);
    for (const [id, member] of this) {
      const old = before.get(id);
      if (!old) this.#events.emit("join", member);
      else if (old !== member && JSON.stringify(old) !== JSON.stringify(member))
        this.#events.emit("update", member);
    }
  }

  /** The room is closed: its members are unknown. */
  override clear(): void {
    super.clear();
    this.count = 0;
    this.listed = false;
    this.#events.emit("members", this);
  }
}
