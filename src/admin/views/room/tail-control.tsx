import { lookup } from "../../../app/i18n/language.ts";
import { texts } from "../../i18n/index.ts";
import type { RoomState } from "./room-state.ts";

/** Starts and stops the live tail, and says how its connection is. */
export function TailControl({ state: { tail } }: { state: RoomState }) {
  const t = texts.value.room;
  const state = tail.state.value;
  const isOn = state.status !== "off" && state.status !== "closed";
  return (
    <div class="tail" data-status={state.status}>
      <p role="status" class="hint">
        {state.status === "closed"
          ? t.tailClosed(lookup(state.code, t.tailReasons) ?? t.tailReasons.other)
          : t.tailStates[state.status]}
      </p>
      <button
        type="button"
        aria-pressed={isOn}
        title={t.followHint}
        onClick={() => (isOn ? tail.stop() : tail.start())}
      >
        {isOn ? t.unfollow : t.follow}
      </button>
    </div>
  );
}
