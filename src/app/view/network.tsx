import { useEffect, useState } from "preact/hooks";
import type { ConnectionState } from "../../client/index.ts";
import { enterWith, isOnline, open, rejoin, token } from "../state.ts";
import type { Talk } from "../talk/talk.ts";
import { told, type Words, wordFor, words } from "../text/index.ts";
import { Icon } from "./icons.tsx";

const TICK_MS = 500;

/** What the page says of its connection, in one quiet line. */
export function NetworkLine({ talk }: { talk: Talk }) {
  const state = talk.state.value;
  const now = useClock(state.status === "waiting");
  const t = words.value;
  // The word of the system stands only while nothing else is known.
  const isOffline = !isOnline.value && state.status !== "live";
  const status = isOffline ? "offline" : state.status;
  return (
    <p id="state" class="network" data-status={status}>
      <span class="dot" />
      <span role="status">{isOffline ? t.offline : lineOf(state, talk.me.value !== undefined, t)}</span>
      {status === "waiting" && state.status === "waiting" && (
        <>
          {/* Not part of the status: a countdown is not to be read out. */}
          <span>{t.nextAttempt(Math.max(1, Math.ceil((state.until - now) / 1000)))}</span>
          <button type="button" class="link" onClick={rejoin}>
            {t.tryNow}
          </button>
        </>
      )}
    </p>
  );
}

function lineOf(state: ConnectionState, wasLive: boolean, t: Words): string {
  switch (state.status) {
    case "connecting":
      return t.connecting;
    case "live":
      return t.connected;
    case "waiting":
      return told(state.code.replace("abused", "limited"), wasLive ? t.connectionLost : t.notReached);
    case "closed":
      return t.refused;
  }
}

function useClock(runs: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!runs) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [runs]);
  return now;
}

/** Why one was not let in, and what to do about it. */
export function Refused({ talk }: { talk: Talk }) {
  const state = talk.state.value;
  const [given, setGiven] = useState("");
  const [isWrong, setWrong] = useState(false);
  if (state.status !== "closed" || state.code === "left") return null;
  const t = words.value;
  const wantsToken = ["invalid_token", "forbidden"].includes(state.code) || token.value !== undefined;
  return (
    <div class="refused" role="alert">
      <Icon name="alert" />
      <div>
        <h2>{t.refused}</h2>
        <p>{isWrong ? t.notToken : whyOf(state, t)}</p>
        {wantsToken && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              setWrong(!enterWith(given));
            }}
          >
            <label for="token">{t.token}</label>
            <input
              id="token"
              autocomplete="off"
              spellcheck={false}
              required
              aria-invalid={isWrong}
              value={given}
              onInput={({ currentTarget }) => {
                setGiven(currentTarget.value);
                setWrong(false);
              }}
            />
            <button type="submit">{t.useToken}</button>
          </form>
        )}
        <p class="ways">
          <button type="button" onClick={rejoin}>
            {t.retry}
          </button>
          <LeaveToken />
          <button type="button" onClick={() => (open.value = "rooms")}>
            {t.openRoom}
          </button>
          {state.code === "invalid_name" && (
            <button type="button" onClick={() => (open.value = "settings")}>
              {t.settings}
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

/** The way out for a tab that holds a token which is not for this room, or of somebody else. */
export function LeaveToken() {
  return (
    token.value !== undefined && (
      <button type="button" onClick={() => enterWith("")}>
        {words.value.leaveToken}
      </button>
    )
  );
}

function whyOf({ code, reason }: { code: string; reason: string }, { refusal }: Words): string {
  const { other, ...known } = refusal;
  return wordFor(CLOSE_CODES[code] ?? code, known) ?? other(reason);
}

/** A socket that was closed without a `bye` tells only a number. */
const CLOSE_CODES: Record<string, string> = { "4001": "kicked", "4003": "forbidden" };
