import type { Member, PresenceChange, Welcome } from "../protocol/down.ts";

/** What happened to the list: each member that came, went or changed, once it is so. */
export type MemberNews = { type: "join" | "leave" | "update"; member: Member };

/** Who is here, by member id: kept up to date while the room is joined, and empty where there are too many to list. */
export class Members extends Map<string, Member> {
  /** How many they are, listed or not. */
  count = 0;
  /** Whether all of them are in the list. */
  listed = false;
  #self = "";

  /** This client itself, as the others see it. */
  get self(): Member | undefined {
    return this.get(this.#self);
  }

  /** Takes in what the server says of them. */
  take(frame: Welcome | PresenceChange): MemberNews[] {
    const news: MemberNews[] = [];
    const tell = (type: MemberNews["type"], member: Member) => {
      // A list that begins is no news of those who are in it.
      if (this.listed) news.push({ type, member });
    };
    let here: Member[];
    let left: string[];
    const isWelcome = frame.type === "welcome";
    if (isWelcome) this.#self = frame.member;
    const joined = (isWelcome ? frame.members : frame.joined) ?? [];
    if (isWelcome || joined.length === frame.count) {
      // The whole list.
      here = joined;
      const ids = new Set(here.map(({ member }) => member));
      left = [...this.keys()].filter((id) => !ids.has(id));
    } else {
      here = [...joined, ...frame.updated];
      left = frame.left;
    }
    for (const id of left) {
      const gone = this.get(id);
      if (gone !== undefined) tell("leave", gone);
      this.delete(id);
    }
    for (const member of here) {
      const before = this.get(member.member);
      this.set(member.member, member);
      if (before === undefined) tell("join", member);
      else if (JSON.stringify(before) !== JSON.stringify(member)) tell("update", member);
    }
    this.count = frame.count;
    this.listed = this.size === frame.count;
    if (!this.listed) this.clear();
    return news;
  }
}
