import { useState } from "preact/hooks";
import { Dialog } from "../../../app/components/common/dialog.tsx";
import { toIsolatedLine } from "../../../app/format/untrusted-text.ts";
import { ActionForm } from "../../components/action-form.tsx";
import { useAction } from "../../components/use-action.ts";
import { formatNumber } from "../../format/numbers.ts";
import { roomPath } from "../../http/request.ts";
import { texts } from "../../i18n/index.ts";
import { call } from "../../session.ts";

const MAX_MEMBER_CHARS = 128;

/** The actions on a member, by the value of `ban` in seconds. A kick has none, and 0 ends a ban. */
const CHOICES = {
  kick: undefined,
  tenMinutes: 600,
  hour: 3600,
  day: 86_400,
  month: 2_592_000,
  unban: 0,
} as const;
type Choice = keyof typeof CHOICES;

type MemberDialogProps = {
  room: string;
  /** Empty for one that is not listed: the operator enters the id. */
  member: string;
  name: string;
  onClose: () => void;
  onDone: () => void;
};

/** Kicks or bans a member, or ends a ban. */
export function MemberDialog({ room, member, name, onClose, onDone }: MemberDialogProps) {
  const [id, setId] = useState(member);
  const [choice, setChoice] = useState<Choice>("kick");
  const t = texts.value.room;
  const action = useAction(async () => {
    // The id of a listed member is exactly that: with a space at an end, it is not that of the member without one.
    const exact = member === "" ? id.trim() : member;
    const { kicked } = await call<{ kicked: number }>(roomPath(room, "members", exact), {
      method: "DELETE",
      query: { ban: CHOICES[choice] },
    });
    onDone();
    return kicked;
  });
  const title = member === "" ? t.memberById : t.removeMember(toIsolatedLine(name));
  return (
    <Dialog title={title} onClose={onClose}>
      <ActionForm action={action} label={t.apply} kind="primary" onClose={onClose}>
        {member === "" ? (
          <>
            <label for="member-id">{t.memberId}</label>
            <input
              id="member-id"
              required
              maxLength={MAX_MEMBER_CHARS}
              autocomplete="off"
              spellcheck={false}
              value={id}
              onInput={({ currentTarget }) => setId(currentTarget.value)}
            />
          </>
        ) : (
          <p class="hint">
            <bdi class="member-id">{member}</bdi>
          </p>
        )}
        <label for="member-choice">{t.action}</label>
        <select
          id="member-choice"
          value={choice}
          onChange={({ currentTarget: { value } }) => setChoice(value as Choice)}
        >
          {(Object.keys(CHOICES) as Choice[]).map((each) => (
            <option key={each} value={each}>
              {t.memberActions[each]}
            </option>
          ))}
        </select>
        <p class="hint">{t.memberHints[choice === "kick" || choice === "unban" ? choice : "ban"]}</p>
        {action.value !== undefined && (
          <p role="status">
            {t.memberDone[choice === "unban" ? "unban" : "kick"](formatNumber(action.value))}
          </p>
        )}
      </ActionForm>
    </Dialog>
  );
}
