import type { ComponentChildren } from "preact";
import { texts } from "../i18n/index.ts";
import { ErrorLine } from "./error-line.tsx";
import type { Action } from "./use-action.ts";

type ActionFormProps = {
  action: Action<unknown>;
  /** The button that runs the action. */
  label: string;
  kind: "primary" | "danger";
  isDisabled?: boolean;
  onClose: () => void;
  children: ComponentChildren;
};

/** The form of a dialog with one action, its error, and a button that closes the dialog. */
export function ActionForm({ action, label, kind, isDisabled = false, onClose, children }: ActionFormProps) {
  return (
    <form
      class="form-fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isDisabled) void action.run();
      }}
    >
      {children}
      {action.error && <ErrorLine error={action.error} onRetry={() => void action.run()} />}
      <p class="actions">
        <button type="submit" class={kind} disabled={isDisabled || action.isRunning}>
          {label}
        </button>
        <button type="button" onClick={onClose}>
          {action.value === undefined ? texts.value.cancel : texts.value.close}
        </button>
      </p>
    </form>
  );
}
