import { useState } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { lookup, type MoreStrings, moreStrings } from "../../i18n/index.ts";
import { openDialog, rejoin, setToken, token } from "../../page-state.ts";
import { Icon } from "../common/icons.tsx";

/** Why the room refused the user, and what the user can do. */
export function JoinError({ store }: { store: ChatStore }) {
  const state = store.connectionState.value;
  const [input, setInput] = useState("");
  const [isInvalid, setInvalid] = useState(false);
  if (state.status !== "closed" || state.code === "left") return null;
  const t = moreStrings.value;
  const needsToken = ["invalid_token", "forbidden"].includes(state.code) || token.value !== undefined;
  return (
    <div class="join-error" role="alert">
      <Icon name="alert" />
      <div>
        <h2>{t.joinRefused}</h2>
        <p>{isInvalid ? t.notAToken : joinErrorText(state, t)}</p>
        {needsToken && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              setInvalid(!setToken(input));
            }}
          >
            <label for="token">{t.token}</label>
            <input
              id="token"
              autocomplete="off"
              spellcheck={false}
              required
              aria-invalid={isInvalid}
              value={input}
              onInput={({ currentTarget }) => {
                setInput(currentTarget.value);
                setInvalid(false);
              }}
            />
            <button type="submit">{t.joinWithToken}</button>
          </form>
        )}
        <p class="actions">
          <button type="button" onClick={rejoin}>
            {t.retry}
          </button>
          <RemoveTokenButton />
          <button type="button" onClick={() => (openDialog.value = "rooms")}>
            {t.openRoom}
          </button>
          {state.code === "invalid_name" && (
            <button type="button" onClick={() => (openDialog.value = "settings")}>
              {t.settings}
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

/** Removes the token of this tab, so that the user joins as a guest. */
export function RemoveTokenButton() {
  return (
    token.value !== undefined && (
      <button type="button" onClick={() => setToken("")}>
        {moreStrings.value.removeToken}
      </button>
    )
  );
}

function joinErrorText(
  { code, reason }: { code: string; reason: string },
  { joinErrors, errors }: MoreStrings,
): string {
  const { other, ...texts } = joinErrors;
  return (
    lookup(CODE_BY_CLOSE_CODE[code] ?? code, { ...texts, invalid_name: errors.invalid_name }) ?? other(reason)
  );
}

/** A socket that closed without a `bye` event has only a numeric close code. */
const CODE_BY_CLOSE_CODE: Record<string, string> = { "4001": "kicked", "4003": "forbidden" };
