import { useState } from "preact/hooks";
import { Dialog } from "../../../app/components/common/dialog.tsx";
import { toIsolatedLine } from "../../../app/format/untrusted-text.ts";
import { ActionForm } from "../../components/action-form.tsx";
import { useAction } from "../../components/use-action.ts";
import { formatNumber } from "../../format/numbers.ts";
import { roomPath } from "../../http/request.ts";
import { texts } from "../../i18n/index.ts";
import { call } from "../../session.ts";
import type { RoomState } from "./room-state.ts";

type Erased = { epoch: string; closed: number };

/** Erases a room once the operator has typed its name. */
export function EraseDialog({ state, onClose }: { state: RoomState; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const t = texts.value.room;
  const action = useAction(async () => {
    const erased = await call<Erased>(roomPath(state.name), { method: "DELETE" });
    state.refresh();
    return erased;
  });
  const isSame = typed.normalize("NFC").trim() === state.name.trim();
  return (
    <Dialog title={t.eraseTitle} onClose={onClose}>
      {action.value === undefined ? (
        <ActionForm action={action} label={t.erase} kind="danger" isDisabled={!isSame} onClose={onClose}>
          <p>{t.eraseHint}</p>
          <label for="erase-name">{t.eraseLabel(toIsolatedLine(state.name))}</label>
          <input
            id="erase-name"
            autocomplete="off"
            spellcheck={false}
            dir="auto"
            required
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </ActionForm>
      ) : (
        <div class="form-fields">
          <p role="status">{t.erased(formatNumber(action.value.closed))}</p>
          <p class="actions">
            <button type="button" class="primary" onClick={onClose}>
              {texts.value.close}
            </button>
          </p>
        </div>
      )}
    </Dialog>
  );
}
