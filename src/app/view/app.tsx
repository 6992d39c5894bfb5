import { useEffect, useRef, useState } from "preact/hooks";
import { drawn } from "../format/people.ts";
import { flat, startOf } from "../format/safe.ts";
import { trouble } from "../kept.ts";
import { myName } from "../settings.ts";
import { clearNotice, isNarrow, notice, type Panel, panel, talk } from "../state.ts";
import { summaryOf } from "../talk/message.ts";
import type { Talk } from "../talk/talk.ts";
import { told, words } from "../text/index.ts";
import { attach, Composer } from "./composer.tsx";
import { Dialogs, Welcome } from "./dialogs.tsx";
import { Frames } from "./frames.tsx";
import { Refused } from "./network.tsx";
import { IconButton } from "./parts.tsx";
import { People } from "./people.tsx";
import { Side } from "./side.tsx";
import { Timeline, ToNewest } from "./timeline.tsx";
import { Top, TypingLine } from "./top.tsx";

const SPOKEN_CHARS = 200;
/** Long enough to be taken up, and then out of the way of who walks through the page. */
const SPOKEN_MS = 10_000;

export function App() {
  const current = talk.value;
  if (myName.value === "" || current === undefined) return <Welcome />;
  // What the panel covers is out of reach, as beneath a dialog.
  const isCovered = panel.value !== undefined && isNarrow.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the panel; Escape is for the keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div
      class="app"
      data-panel={panel.value}
      onClick={(event) => {
        if (isCovered && event.target === event.currentTarget) panel.value = undefined;
      }}
    >
      <button
        type="button"
        class="skip"
        inert={isCovered}
        onClick={() => document.getElementById("text")?.focus()}
      >
        {words.value.skip}
      </button>
      <Side isCovered={isCovered} />
      <Conversation key={current.room} talk={current} isCovered={isCovered} />
      {panel.value !== undefined && <Beside which={panel.value} talk={current} />}
      <Dialogs />
    </div>
  );
}

function Conversation({ talk, isCovered }: { talk: Talk; isCovered: boolean }) {
  const [isOver, setOver] = useState(false);
  const t = words.value;
  const wrong = talk.refused.value;
  const said =
    trouble.value !== ""
      ? t.notKept[trouble.value]
      : (notice.value?.() ?? (wrong && told(wrong.code, wrong.message)));
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
  return (
    <main
      class="conversation"
      inert={isCovered}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        const { relatedTarget, currentTarget } = event;
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        void attach(talk, [...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Top talk={talk} />
      <div class="stage">
        <Timeline talk={talk} />
        <ToNewest talk={talk} />
        {isOver && <p class="drop">{t.dropHere}</p>}
      </div>
      <Refused talk={talk} />
      {said && (
        <p class="notice" role="alert">
          <span>{said}</span>
          <IconButton
            icon="close"
            label={t.close}
            onClick={() => {
              clearNotice(talk);
              trouble.value = "";
            }}
          />
        </p>
      )}
      <div class="foot">
        <Composer talk={talk} />
        <TypingLine talk={talk} />
      </div>
      <Spoken talk={talk} />
    </main>
  );
}

/** What comes in, for those who hear the page: of what was missed how many there are; then each message once, as what is added to the region, and the beginning of a long one. */
function Spoken({ talk }: { talk: Talk }) {
  const messages = talk.announced.value;
  const missed = talk.missed.value;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (messages.length > 0) talk.announced.value = [];
      talk.missed.value = 0;
    }, SPOKEN_MS);
    return () => clearTimeout(timer);
  }, [messages, missed]);
  return (
    <div class="hidden" aria-live="polite">
      {missed > 0 && <p>{words.value.unread(missed)}</p>}
      {messages.map(({ seq, name, body }) => (
        <p key={seq}>{`${flat(drawn(name))}: ${flat(startOf(summaryOf(body), SPOKEN_CHARS, 5))}`}</p>
      ))}
    </div>
  );
}

function Beside({ which, talk }: { which: Panel; talk: Talk }) {
  const ref = useRef<HTMLElement>(null);
  const t = words.value;
  const title = which === "people" ? t.people : t.framesTitle;
  const close = () => {
    panel.value = undefined;
  };
  useEffect(() => {
    const toggle = document.querySelector<HTMLElement>('.top [aria-pressed="true"]');
    ref.current?.focus();
    // Once what was covered can be reached again.
    return () => queueMicrotask(() => toggle?.focus());
  }, [which]);
  return (
    <aside
      ref={ref}
      class={`beside ${which}-panel`}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <header>
        <h2>{title}</h2>
        <IconButton icon="close" label={t.close} onClick={close} />
      </header>
      {which === "people" ? <People talk={talk} /> : <Frames tap={talk.tap} />}
    </aside>
  );
}
