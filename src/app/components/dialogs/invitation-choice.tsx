import { useId, useRef, useState } from "preact/hooks";
import { load } from "../../browser-storage.ts";
import { errorText, moreStrings } from "../../i18n/index.ts";
import { chatStore, invitationKey, token } from "../../page-state.ts";
import { currentRoom } from "../../router.ts";
import { makeInvitation } from "../../sign-in/make-invitation.ts";

/** Days for which a link can let people in. */
const DAYS = [1, 7] as const;

type Choice = (typeof DAYS)[number] | undefined;

/**
 * Where the service requires a token, a moderator chooses whom the link lets in.
 * @param onToken receives the token of the invitation, or nothing where people sign in
 */
export function InvitationChoice({ onToken }: { onToken: (token: string | undefined) => void }) {
  const name = useId();
  const [choice, setChoice] = useState<Choice>();
  const [error, setError] = useState<string>();
  const latest = useRef<Choice>(undefined);
  const t = moreStrings.value;
  const room = currentRoom.value;
  const credential = load(invitationKey(room), "sessionStorage") ?? token.value;
  if (chatStore.value?.canModerate.value !== true || credential === undefined) return null;
  const choose = async (days: Choice) => {
    latest.current = days;
    setChoice(days);
    setError(undefined);
    onToken(undefined);
    if (days === undefined) return;
    const made = await makeInvitation(room, credential, days * 86_400);
    if (latest.current !== days) return;
    if ("token" in made) return onToken(made.token);
    setChoice(undefined);
    setError(made.code === "invitations_off" ? t.invitationsOff : errorText(made.code, made.detail));
  };
  return (
    <fieldset class="invitation-choice">
      <legend>{t.linkLetsIn}</legend>
      {[undefined, ...DAYS].map((days) => (
        <label key={days} class="choice">
          <input type="radio" name={name} checked={choice === days} onChange={() => void choose(days)} />
          {days === undefined ? t.linkForMembers : t.linkForAnyone(days)}
        </label>
      ))}
      <p class="hint" role="status">
        {error ?? (choice !== undefined && t.linkForAnyoneHint)}
      </p>
    </fieldset>
  );
}
