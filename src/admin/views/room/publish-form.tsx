import { randomId } from "../../../client/platform.ts";
import { ErrorLine } from "../../components/error-line.tsx";
import { useAction } from "../../components/use-action.ts";
import { roomPath } from "../../http/request.ts";
import { texts } from "../../i18n/index.ts";
import { call } from "../../session.ts";
import { draftOf, dropPublished, keepDraft } from "./draft.ts";
import type { RoomState } from "./room-state.ts";

/** Publishes a message in the name of the token's member. A retry has the same id, so it lands once. */
export function PublishForm({ state }: { state: RoomState }) {
  const draft = draftOf(state.name);
  const { text, isJson } = draft;
  const t = texts.value.room;
  const data = isJson ? parseJson(text) : { value: { text } };
  const action = useAction(async () => {
    if (data === undefined) return;
    const id = draft.id ?? randomId();
    keepDraft(state.name, { ...draft, id });
    const path = roomPath(state.name, "messages");
    await call(path, { method: "POST", body: { data: data.value }, idempotencyKey: id });
    dropPublished(state.name, id);
    if (state.tail.state.peek().status !== "live") void state.messages.newest();
  });
  // Another text is another message.
  const change = (next: { text?: string; isJson?: boolean }) =>
    keepDraft(state.name, { ...draftOf(state.name), ...next, id: undefined });
  return (
    <form
      class="publish-form"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run();
      }}
    >
      <textarea
        aria-label={t.publishLabel}
        placeholder={t.publishLabel}
        rows={1}
        dir="auto"
        required
        aria-invalid={isJson && text !== "" && data === undefined}
        value={text}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <label class="choice" title={t.asJsonHint}>
        <input
          type="checkbox"
          checked={isJson}
          onChange={({ currentTarget }) => change({ isJson: currentTarget.checked })}
        />
        {t.asJson}
      </label>
      <button type="submit" disabled={action.isRunning || data === undefined}>
        {t.publish}
      </button>
      {isJson && text !== "" && data === undefined && <p class="hint">{t.notJson}</p>}
      {action.error && <ErrorLine error={action.error} onRetry={() => void action.run()} />}
    </form>
  );
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
