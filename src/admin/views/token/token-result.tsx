import { useEffect, useRef } from "preact/hooks";
import { toIsolatedLine, truncate } from "../../../app/format/untrusted-text.ts";
import { TOKEN_BYTES } from "../../../protocol/limits.ts";
import { SAFE_SECRET_CHARS } from "../../../protocol/token-rules.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { formatMoment } from "../../format/moment.ts";
import { texts } from "../../i18n/index.ts";
import type { Made } from "./make-token.ts";

const MAX_MEMBER_UNITS = 128;

/** Shows the token, and the check of its secret. It takes the focus, because it stands below the form on a phone. */
export function TokenResult({ made }: { made: Made }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { token } = made.tooBig ? { token: "" } : made;
  useEffect(() => heading.current?.focus(), [token]);
  const t = texts.value.tokenMaker;
  const { sub, exp } = made.payload;
  const member = toIsolatedLine(truncate(sub, MAX_MEMBER_UNITS, 1));
  return (
    <section class="panel">
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {t.result}
        </h2>
        {!made.tooBig && <CopyButton text={token} label={t.copyToken} />}
      </header>
      {made.tooBig ? (
        <p class="fault" role="alert">
          {t.faults.tooBig(TOKEN_BYTES)}
        </p>
      ) : (
        <>
          <pre class="token" dir="ltr">
            <code>{token}</code>
          </pre>
          <p class="hint">
            {t.resultHint(member, formatMoment(exp * 1000))} {t.resultKept}
          </p>
          <SecretNotes made={made} />
        </>
      )}
    </section>
  );
}

function SecretNotes({ made }: { made: Exclude<Made, { tooBig: true }> }) {
  const t = texts.value.tokenMaker;
  const { check, isShort, hasTwoSecrets } = made;
  const text =
    check === undefined
      ? t.checking
      : check === "accepted" && hasTwoSecrets
        ? t.checks.acceptedOne
        : t.checks[check];
  return (
    <>
      <p
        class="secret-check"
        role={check === "refused" ? "alert" : "status"}
        data-check={check}
        title={t.checkHint}
      >
        {text}
      </p>
      {isShort && (
        <p class="secret-check" role="alert" data-check="short">
          {t.secretShort(SAFE_SECRET_CHARS)}
        </p>
      )}
    </>
  );
}
