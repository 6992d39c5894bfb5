import { useState } from "preact/hooks";
import { NameLabel } from "../../../app/components/common/name-label.tsx";
import { toPlainLine } from "../../../app/format/untrusted-text.ts";
import type { Member } from "../../../client/core.ts";
import { ErrorLine } from "../../components/error-line.tsx";
import { formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { hasCapability } from "../../session.ts";
import { MemberDialog } from "./member-dialog.tsx";
import type { RoomState } from "./room-state.ts";

/** The members that the page lists. A room tells at most 1,000 (`MEMBERS_LISTED`). */
const MAX_LISTED = 200;

/** The members of a room: live while the page follows it, else as of the last refresh. */
export function MemberPanel({ state }: { state: RoomState }) {
  const [chosen, setChosen] = useState<{ member: string; name: string }>();
  const t = texts.value.room;
  const { value, error } = state.members;
  const failed = state.ownError(error.value);
  const list = state.tail.present.value ?? value.value;
  return (
    <section class="panel members-panel" aria-labelledby="members-title">
      <header>
        <h2 id="members-title">
          {t.members} {list && <span class="count">{formatNumber(list.count)}</span>}
        </h2>
        <button type="button" onClick={() => setChosen({ member: "", name: "" })}>
          {t.byId}
        </button>
      </header>
      {!hasCapability("presence") && <p class="hint">{t.lacksPresence}</p>}
      {failed && <ErrorLine error={failed} onRetry={() => void state.members.load()} />}
      {list?.members === null && <p class="hint">{t.notListedMembers}</p>}
      {list?.members?.length === 0 && <p class="hint">{t.noMembers}</p>}
      {list?.members && <MemberRows members={list.members} onChoose={setChosen} />}
      {chosen && (
        <MemberDialog
          room={state.name}
          {...chosen}
          onClose={() => setChosen(undefined)}
          onDone={() => state.tail.present.peek() === undefined && void state.members.load()}
        />
      )}
    </section>
  );
}

type MemberRowsProps = { members: readonly Member[]; onChoose: (member: Member) => void };

function MemberRows({ members, onChoose }: MemberRowsProps) {
  const t = texts.value.room;
  return (
    <ul>
      {members.slice(0, MAX_LISTED).map((member) => (
        <li key={member.member}>
          <div>
            <p title={toPlainLine(member.name)}>
              <NameLabel name={member.name} />
            </p>
            <p class="hint" title={member.member}>
              <bdi class="name">{toPlainLine(member.member)}</bdi>
            </p>
          </div>
          <button
            type="button"
            aria-label={t.removeMember(toPlainLine(member.name))}
            onClick={() => onChoose(member)}
          >
            {t.remove}
          </button>
        </li>
      ))}
      {members.length > MAX_LISTED && (
        <li class="hint">{t.moreMembers(formatNumber(members.length - MAX_LISTED))}</li>
      )}
    </ul>
  );
}
