import { Dialog } from "../../../app/components/common/dialog.tsx";
import { truncate } from "../../../app/format/untrusted-text.ts";
import { ActionForm } from "../../components/action-form.tsx";
import { useAction } from "../../components/use-action.ts";
import { formatNumber } from "../../format/numbers.ts";
import { ApiError, roomPath } from "../../http/request.ts";
import { texts } from "../../i18n/index.ts";
import { call } from "../../session.ts";
import type { RoomState } from "./room-state.ts";
import { authorOf, type Row } from "./row.ts";

const QUOTED_CHARS = 160;

type DeleteDialogProps = { state: RoomState; row: Row; onClose: () => void };

/** Deletes a message after the operator has seen which one it is. */
export function DeleteDialog({ state, row, onClose }: DeleteDialogProps) {
  const t = texts.value.room;
  const action = useAction(async () => {
    // If the room was erased since then, this changes no message of the new log.
    const query = { epoch: state.messages.epoch };
    try {
      await call(roomPath(state.name, "messages", row.seq), { method: "DELETE", query });
    } catch (error) {
      // Somebody else was faster.
      if (error instanceof ApiError && error.code === "invalid_target") state.messages.deleted(row.seq);
      throw error;
    }
    state.messages.deleted(row.seq);
    onClose();
  });
  return (
    <Dialog title={t.deleteMessage(formatNumber(row.seq))} onClose={onClose}>
      <ActionForm action={action} label={t.delete} kind="danger" onClose={onClose}>
        <p class="hint author">{authorOf(row)}</p>
        <p class="quoted">
          <bdi>{truncate(row.text, QUOTED_CHARS, 2)}</bdi>
        </p>
        <p class="hint">{t.deleteHint}</p>
      </ActionForm>
    </Dialog>
  );
}
