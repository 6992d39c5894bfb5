import { useEffect, useState } from "preact/hooks";
import { CodeBlock } from "../../app/components/common/code-block.tsx";
import { askSignIn, openLoginPage, signInInfo } from "../../app/sign-in/login-page.ts";
import { errorSentence, texts } from "../i18n/index.ts";
import { session, signIn } from "../session.ts";
import { Preferences } from "./preferences.tsx";

const COMMAND = "npm run -s token -- --room '*' --sub operator --can read,publish,presence,admin --for 8h";

/** How an operator signs in: on the sign-in page of the service, or with a token. */
export function SignIn() {
  useEffect(() => void askSignIn(), []);
  const t = texts.value;
  useEffect(() => {
    document.title = `Dormouse ${t.admin}`;
  }, [t.admin]);
  const { loginUrl } = signInInfo.value ?? {};
  return (
    <div class="admin-sign-in">
      <main>
        <p class="brand">
          Dormouse <span>{t.admin}</span>
        </p>
        <h1>{t.signInTitle}</h1>
        <p class="about">{t.signInAbout}</p>
        <Problem />
        {loginUrl !== undefined && (
          <div class="login-page">
            <button type="button" class="primary" onClick={() => openLoginPage(loginUrl)}>
              {t.signIn}
            </button>
            <p class="hint">{t.orToken}</p>
          </div>
        )}
        <TokenForm isSecond={loginUrl !== undefined} />
        {signInInfo.value !== undefined && (
          <section class="make-token">
            <h2>{t.makeToken}</h2>
            <p class="hint">{signInInfo.value.tokenRequired ? t.makeTokenHint : t.makeTokenOpen}</p>
            <CodeBlock text={COMMAND} />
          </section>
        )}
      </main>
      <footer>
        <Preferences />
      </footer>
    </div>
  );
}

/** Why the operator is not signed in. */
function Problem() {
  const state = session.value;
  const t = texts.value;
  if (state.status === "failed") {
    return (
      <div class="error-line" role="alert" data-code={state.error.code}>
        <p>{errorSentence(state.error)}</p>
        <button type="button" onClick={() => void signIn(state.token)}>
          {t.retry}
        </button>
      </div>
    );
  }
  if (state.status !== "out" || state.refusal === undefined) return null;
  return (
    <p class="error-line" role="alert" data-code={state.refusal}>
      {t.refusals[state.refusal]}
    </p>
  );
}

/** @param props.isSecond whether another button is the first choice */
function TokenForm({ isSecond }: { isSecond: boolean }) {
  const [input, setInput] = useState("");
  const t = texts.value;
  const isChecking = session.value.status === "checking";
  return (
    <form
      class="form-fields"
      onSubmit={(event) => {
        event.preventDefault();
        void signIn(input);
      }}
    >
      <label for="token">{t.token}</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        spellcheck={false}
        required
        aria-describedby="token-kept"
        value={input}
        onInput={({ currentTarget }) => setInput(currentTarget.value)}
      />
      <p id="token-kept" class="hint">
        {t.tokenKept}
      </p>
      <button type="submit" class={isSecond ? "" : "primary"} disabled={isChecking}>
        {isChecking ? t.checking : t.useToken}
      </button>
    </form>
  );
}
