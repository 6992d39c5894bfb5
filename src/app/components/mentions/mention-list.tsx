import type { KnownMember } from "../../chat/known-members.ts";
import { moreStrings } from "../../i18n/index.ts";
import { Avatar } from "../common/avatar.tsx";
import { NameLabel } from "../common/name-label.tsx";

export const LIST_ID = "mention-list";
export const optionId = (index: number) => `mention-${index}`;

type MentionListProps = {
  members: readonly KnownMember[];
  active: number;
  onPick: (member: KnownMember) => void;
};

/** The members to choose from. The focus stays in the message box, which says which one is active. */
export function MentionList({ members, active, onPick }: MentionListProps) {
  const isAmbiguous = (name: string) => members.filter((member) => member.name === name).length > 1;
  return (
    <div
      id={LIST_ID}
      class="mention-list"
      role="listbox"
      aria-label={moreStrings.value.mentionList}
      onPointerDown={(event) => event.preventDefault()}
    >
      {members.map((member, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the message box keeps the focus
        // biome-ignore lint/a11y/useKeyWithClickEvents: the message box takes the keys
        <div
          key={member.id}
          id={optionId(i)}
          role="option"
          aria-selected={i === active}
          onClick={() => onPick(member)}
        >
          <Avatar memberId={member.id} name={member.name} />
          <NameLabel name={member.name} />
          {isAmbiguous(member.name) && <small>{member.id.slice(-6)}</small>}
        </div>
      ))}
    </div>
  );
}
