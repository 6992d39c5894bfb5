import { useMemo } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { locale, moreStrings } from "../../i18n/index.ts";
import { isAway } from "../../rooms/open-room.ts";
import { Avatar } from "../common/avatar.tsx";
import { NameLabel } from "../common/name-label.tsx";

/** The members who are online: the user first, then by name. */
export function MemberList({ store }: { store: ChatStore }) {
  const t = moreStrings.value;
  const selfId = store.selfId.value;
  const members = store.members.value;
  const sorted = useMemo(() => {
    const { compare } = new Intl.Collator(locale.value);
    return members.toSorted(
      (a, b) => Number(b.member === selfId) - Number(a.member === selfId) || compare(a.name, b.name),
    );
  }, [members, selfId, locale.value]);
  const unlisted = store.memberCount.value - sorted.length;
  if (!store.hasMemberList.value) return <p class="hint">{t.membersHidden(store.memberCount.value)}</p>;
  return (
    <>
      <ul class="member-list">
        {sorted.map(({ member, name, state }) => (
          <li key={member}>
            <Avatar memberId={member} name={name} />
            <NameLabel name={name} />
            {member === selfId && <small>{t.you}</small>}
            {member !== selfId && isAway(state) && <small>{t.away}</small>}
          </li>
        ))}
      </ul>
      {unlisted > 0 && <p class="hint">{t.moreMembers(unlisted)}</p>}
    </>
  );
}
