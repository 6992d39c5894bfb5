import type { ChatStore } from "../../chat/chat-store.ts";
import { lookup, moreStrings } from "../../i18n/index.ts";
import { openDialog, rejoin, token } from "../../page-state.ts";
import { Icon } from "../common/icons.tsx";
import { SignIn } from "./sign-in.tsx";

/** Why the room refused the user, and what the user can do. */
export function JoinError({ store }: { store: ChatStore }) {
  const state = store.connectionState.value;
  if (state.status !== "closed" || state.code === "left") return null;
  const t = moreStrings.value;
  const code = CODE_BY_CLOSE_CODE[state.code] ?? state.code;
  const isAccess = ["invalid_token", "forbidden"].includes(code);
  const { other, ...texts } = t.joinErrors;
  const text = code === "invalid_name" ? t.errors.invalid_name : lookup(code, texts);
  return (
    <div class="join-error" role="alert">
      <Icon name="alert" />
      <div>
        <h2>{t.joinRefused}</h2>
        {!isAccess && <p>{text ?? other(state.reason)}</p>}
        {(isAccess || token.value !== undefined) && <SignIn code={code} room={store.roomName} />}
        <p class="actions">
          <button type="button" onClick={rejoin}>
            {t.retry}
          </button>
          <button type="button" onClick={() => (openDialog.value = "rooms")}>
            {t.openRoom}
          </button>
          {code === "invalid_name" && (
            <button type="button" onClick={() => (openDialog.value = "settings")}>
              {t.settings}
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

/** A socket that closed without a `bye` event has only a numeric close code. */
const CODE_BY_CLOSE_CODE: Record<string, string> = { "4001": "kicked", "4003": "forbidden" };
