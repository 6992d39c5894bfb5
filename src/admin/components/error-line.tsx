import { Icon } from "../../app/components/common/icons.tsx";
import type { ApiError } from "../http/request.ts";
import { errorSentence, texts } from "../i18n/index.ts";

/** Why a call failed, in one sentence, with a button that repeats it. */
export function ErrorLine({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  return (
    <div class="error-line" role="alert" data-code={error.code}>
      <Icon name="alert" />
      <p>{errorSentence(error)}</p>
      <button type="button" onClick={onRetry}>
        {texts.value.retry}
      </button>
    </div>
  );
}
