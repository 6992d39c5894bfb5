import { useEffect, useState } from "preact/hooks";
import type { ConnectionState } from "../../../client/core.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { errorText, type Strings, strings } from "../../i18n/index.ts";
import { isOnline, rejoin } from "../../page-state.ts";

const COUNTDOWN_TICK_MS = 500;

/** One line about the connection. While the page waits to reconnect, it has a countdown and a button. */
export function ConnectionStatus({ store }: { store: ChatStore }) {
  const state = store.connectionState.value;
  const now = useNow(state.status === "waiting");
  const t = strings.value;
  // A live connection proves the browser wrong where it reports the system as offline.
  const isOffline = !isOnline.value && state.status !== "live";
  const status = isOffline ? "offline" : state.status;
  return (
    <p id="state" class="connection-status" data-status={status}>
      <span class="dot" />
      <span role="status">
        {isOffline ? t.offline : statusText(state, store.selfId.value !== undefined, t)}
      </span>
      {!isOffline && state.status === "waiting" && (
        <>
          {/* Outside of role="status": a screen reader would read every tick. */}
          <span>{t.nextAttempt(Math.max(1, Math.ceil((state.until - now) / 1000)))}</span>
          <button type="button" class="link-button" onClick={rejoin}>
            {t.tryNow}
          </button>
        </>
      )}
    </p>
  );
}

function statusText(state: ConnectionState, wasLive: boolean, t: Strings): string {
  switch (state.status) {
    case "connecting":
      return t.connecting;
    case "live":
      return t.connected;
    case "waiting":
      return errorText(
        state.code === "rate_abused" ? "rate_limited" : state.code,
        wasLive ? t.connectionLost : t.serviceUnreachable,
      );
    case "closed":
      return t.joinRefused;
  }
}

/** The current time, updated while `isRunning`. */
function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isRunning) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), COUNTDOWN_TICK_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}
