import { useEffect, useState } from "preact/hooks";
import { load } from "../../browser-storage.ts";
import { type MoreStrings, moreStrings } from "../../i18n/index.ts";
import { invitationKey, notice, setToken, token } from "../../page-state.ts";
import { askSignIn, openLoginPage, signInInfo, takeState } from "../../sign-in/login-page.ts";

/** Why the service does not know the user or does not let them in, and how they sign in: on the sign-in page, or with a token. */
export function SignIn({ code, room }: { code: string; room: string }) {
  useSignIn();
  if (signInInfo.value === undefined) return null;
  const { loginUrl } = signInInfo.value;
  const t = moreStrings.value;
  return (
    <>
      <p>{accessErrorText(code, room, loginUrl !== undefined, t)}</p>
      {loginUrl === undefined ? <TokenForm /> : <SignInButton loginUrl={loginUrl} />}
      {(loginUrl === undefined || code !== "invalid_token") && <RemoveTokenButton />}
    </>
  );
}

/** The sign-in of a new user. Where a token is required, it takes the place of the question for a name. */
export function WelcomeSignIn({ room }: { room: string }) {
  useSignIn();
  const t = moreStrings.value;
  const { loginUrl, tokenRequired } = signInInfo.value ?? {};
  const isInvited = load(invitationKey(room), "sessionStorage") !== undefined;
  return (
    <>
      {notice.value && (
        <p class="notice" role="alert">
          {notice.value()}
        </p>
      )}
      {loginUrl !== undefined && !isInvited && (
        <div class={`sign-in ${tokenRequired ? "is-required" : ""}`}>
          <SignInButton loginUrl={loginUrl} />
          <p class="hint">{tokenRequired ? t.signInHint : t.signInOrName}</p>
        </div>
      )}
    </>
  );
}

/** Removes the token of this tab, so that the user joins as a guest. */
export function RemoveTokenButton() {
  useEffect(() => void askSignIn(), []);
  const t = moreStrings.value;
  return (
    token.value !== undefined && (
      <button type="button" onClick={() => setToken("")}>
        {signInInfo.value?.loginUrl === undefined ? t.removeToken : t.signOut}
      </button>
    )
  );
}

/** Asks how people sign in, and says so if the user came back from the sign-in page without a token. */
function useSignIn(): void {
  useEffect(() => {
    void askSignIn();
    if (takeState() !== undefined) notice.value ??= () => moreStrings.value.signInFailed;
  }, []);
}

function SignInButton({ loginUrl }: { loginUrl: URL }) {
  return (
    <button type="button" class="primary" onClick={() => openLoginPage(loginUrl)}>
      {moreStrings.value.signIn}
    </button>
  );
}

function TokenForm() {
  const [input, setInput] = useState("");
  const [isInvalid, setInvalid] = useState(false);
  const t = moreStrings.value;
  return (
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
        aria-describedby="token-error"
        value={input}
        onInput={({ currentTarget }) => {
          setInput(currentTarget.value);
          setInvalid(false);
        }}
      />
      <button type="submit">{t.joinWithToken}</button>
      <p id="token-error">{isInvalid && t.notAToken}</p>
    </form>
  );
}

function accessErrorText(code: string, room: string, canSignIn: boolean, t: MoreStrings): string | undefined {
  const isForbidden = code === "forbidden";
  if (!isForbidden && code !== "invalid_token") return undefined;
  if (load(invitationKey(room), "sessionStorage") !== undefined) return t.invitationEnded;
  if (!canSignIn) return isForbidden ? t.forbidden : t.invalidToken;
  if (isForbidden) return t.signInForbidden;
  return token.value === undefined ? t.signInHint : t.signInEnded;
}
