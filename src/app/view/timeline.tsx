import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { dateOf, daysBetween, today } from "../format/clock.ts";
import { type Chunk, chunksOf, continues, startsDay } from "../talk/chunks.ts";
import type { Message } from "../talk/message.ts";
import { isAttentive } from "../talk/reading.ts";
import type { Talk } from "../talk/talk.ts";
import { words } from "../text/index.ts";
import { Dormouse, Icon } from "./icons.tsx";
import { memo } from "./memo.tsx";
import { Row, UnsentRow } from "./row.tsx";

/** How far from the end a reader may be and still be taken along with what is new, in pixels. */
const FOLLOW_PX = 60;
/** For how long the end is held after one has said something: milliseconds. */
const PINNED_MS = 800;
/** How far from the top older messages are fetched: before the reader gets there. */
const AHEAD_PX = 800;

export function Timeline({ talk }: { talk: Talk }) {
  const scroller = useRef<HTMLElement>(null);
  const chunks = useRef<readonly Chunk[]>([]);
  const messages = talk.messages.value;
  const unsent = talk.outgoing.unsent.value;
  chunks.current = chunksOf(messages, chunks.current);
  useFollowing(talk, scroller, messages, unsent.at(-1)?.id);
  const { state, hasOlder, wasErased, me, isLoading } = talk;
  const isEmpty = messages.length === 0 && unsent.length === 0;
  const isNew = state.value.status === "live" && state.value.welcome.seq === 0;
  const t = words.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keys that scroll it
    <section ref={scroller} class="timeline" aria-label={t.messages} tabIndex={0}>
      <div class="lines">
        {!hasOlder.value && (messages.length > 0 || wasErased.value) && (
          <p class="beginning">{wasErased.value ? t.erased : t.beginning}</p>
        )}
        {hasOlder.value && (
          <button type="button" class="older link" onClick={() => void talk.loadOlder()}>
            {isLoading.value ? t.loadingOlder : t.older}
          </button>
        )}
        {isEmpty && isNew && <Empty />}
        {chunks.current.map((chunk) => (
          <ChunkView
            key={chunk.key}
            chunk={chunk}
            me={me.value}
            mark={markIn(chunk, talk.reading.mark.value, hasOlder.value)}
          />
        ))}
        <ol class="unsent">
          {unsent.map((one, i) => {
            const name = talk.myName.value;
            const as = { from: me.value ?? "", name, at: one.at };
            const before = i > 0 ? as : messages.at(-1);
            return (
              <UnsentRow key={one.id} unsent={one} talk={talk} name={name} isFirst={!continues(as, before)} />
            );
          })}
        </ol>
      </div>
    </section>
  );
}

function Empty() {
  return (
    <div class="empty">
      <Dormouse />
      <h2>{words.value.emptyTitle}</h2>
      <p>{words.value.emptyHint}</p>
    </div>
  );
}

/**
 * The mark, where it stands in this chunk: another chunk need not be rendered again for it. Before what is still to be loaded it
 * stands nowhere yet.
 */
function markIn(
  { messages, before }: Chunk,
  mark: number | undefined,
  hasOlder: boolean,
): number | undefined {
  const first = before?.seq ?? (hasOlder ? (messages[0]?.seq ?? 0) - 1 : 0);
  const last = messages.at(-1)?.seq ?? 0;
  return mark !== undefined && mark >= first && mark < last ? mark : undefined;
}

/** What is in view may change its height: a text is unfolded, the window is resized. */
const measuring = new ResizeObserver((entries) => {
  for (const { target, borderBoxSize } of entries) {
    const height = borderBoxSize[0]?.blockSize;
    if (target instanceof HTMLElement && height) keepHeight(target, height);
  }
});

/** (With `auto`, the browser would go by what it saw last, which may have been half of the run.) */
function keepHeight(list: HTMLElement, height: number): void {
  list.style.setProperty("contain-intrinsic-block-size", `${height}px`);
}

type ChunkProps = { chunk: Chunk; me: string | undefined; mark: number | undefined };

/** Once its height is known, the browser may leave out what is not in view and still keep its place to the pixel. */
const ChunkView = memo(({ chunk, me, mark }: ChunkProps) => {
  const ref = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    const list = ref.current;
    if (list === null) return;
    list.classList.remove("settled");
    keepHeight(list, list.getBoundingClientRect().height);
    list.classList.add("settled");
    measuring.observe(list);
    return () => measuring.unobserve(list);
  });
  return (
    <ol ref={ref} class="chunk">
      {chunk.messages.map((message, i) => {
        const before = i === 0 ? chunk.before : chunk.messages[i - 1];
        return <Lines key={message.seq} message={message} before={before} me={me} mark={mark} />;
      })}
    </ol>
  );
});

type LinesProps = {
  message: Message;
  before: Message | undefined;
  me: string | undefined;
  mark: number | undefined;
};

/** A message, with what stands above it: its day, a gap, the mark. */
function Lines({ message, before, me, mark }: LinesProps) {
  const t = words.value;
  const isMarked = mark !== undefined && message.seq > mark && (before?.seq ?? 0) <= mark;
  return (
    <>
      {startsDay(message, before) && <Day at={message.at} />}
      {message.gap === true && <li class="note">{t.gap}</li>}
      {isMarked && (
        <li class="new-mark">
          <span>{t.newMessages}</span>
        </li>
      )}
      <Row message={message} isOwn={message.from === me} isFirst={isMarked || !continues(message, before)} />
    </>
  );
}

function Day({ at }: { at: number }) {
  const now = today.value;
  const ago = daysBetween(at, now);
  const t = words.value;
  return (
    <li class="day">
      <span>{ago === 0 ? t.today : ago === 1 ? t.yesterday : dateOf(at, now)}</span>
    </li>
  );
}

/**
 * Where the reader looks: at the end, which it then follows, or somewhere, which then stays, until one says something
 * oneself. Who was away is taken to the first of what is new, once all of it is there.
 */
function useFollowing(
  talk: Talk,
  ref: { current: HTMLElement | null },
  messages: readonly Message[],
  lastSaid: string | undefined,
): void {
  const { atEnd, isCatchingUp, reading } = talk;
  const said = useRef(lastSaid);
  const first = useRef<number | undefined>(undefined);
  const top = useRef(0);
  const pinnedUntil = useRef(0);
  const wasCatchingUp = useRef(true);
  const fromEnd = useRef<number | undefined>(undefined);
  const element = ref.current;
  // Read here, so that its end comes to be shown.
  const isBehind = isCatchingUp.value;
  // Before older messages come in above, as seen from the end, which does not move.
  if (element !== null && first.current !== undefined && messages[0]?.seq !== first.current)
    fromEnd.current = element.scrollHeight - element.scrollTop;
  first.current = messages[0]?.seq;

  const read = () => {
    const last = talk.messages.peek().at(-1);
    if (last !== undefined && atEnd.value && !isCatchingUp.value && isAttentive()) reading.read(last.seq);
  };
  const look = () => {
    const node = ref.current;
    if (node === null) return;
    const isNear = node.scrollHeight - node.scrollTop - node.clientHeight < FOLLOW_PX;
    // A scroll by a key goes on after a jump to the end, and would lead away from there.
    if (!isNear && performance.now() < pinnedUntil.current) {
      node.scrollTop = node.scrollHeight;
      return;
    }
    // Only who scrolls up leaves the end; what grows beneath a reader does not.
    if (isNear || node.scrollTop < top.current) atEnd.value = isNear;
    top.current = node.scrollTop;
    if (node.scrollTop < AHEAD_PX && !isCatchingUp.value) void talk.loadOlder();
    read();
  };

  useLayoutEffect(() => {
    const node = ref.current;
    if (node === null) return;
    if (lastSaid !== undefined && lastSaid !== said.current) {
      atEnd.value = true;
      pinnedUntil.current = performance.now() + PINNED_MS;
    }
    said.current = lastSaid;
    const isThere = wasCatchingUp.current && !isBehind && atEnd.value;
    // Where the first of it is still to be loaded, to the first that is there.
    const mark =
      isThere && reading.mark.value !== undefined
        ? (node.querySelector(".new-mark") ?? node.querySelector(".older"))
        : null;
    wasCatchingUp.current = isBehind;
    if (mark !== null) {
      atEnd.value = false;
      pinnedUntil.current = 0;
      const above = mark.getBoundingClientRect().top - node.getBoundingClientRect().top;
      node.scrollTop += above - node.clientHeight / 3;
    } else if (atEnd.value) node.scrollTop = node.scrollHeight;
    else if (fromEnd.current !== undefined) node.scrollTop = node.scrollHeight - fromEnd.current;
    fromEnd.current = undefined;
    look();
  });

  useEffect(() => {
    const node = ref.current;
    if (node === null) return;
    node.addEventListener("scroll", look, { passive: true });
    const release = () => {
      pinnedUntil.current = 0;
    };
    for (const type of ["wheel", "pointerdown", "keydown"])
      node.addEventListener(type, release, { passive: true });
    // A keyboard that slides in, a box that grows: the end stays the end.
    const observer = new ResizeObserver(() => {
      if (atEnd.value) node.scrollTop = node.scrollHeight;
    });
    observer.observe(node);
    if (node.firstElementChild !== null) observer.observe(node.firstElementChild);
    addEventListener("focus", read);
    document.addEventListener("visibilitychange", read);
    return () => {
      node.removeEventListener("scroll", look);
      observer.disconnect();
      removeEventListener("focus", read);
      document.removeEventListener("visibilitychange", read);
    };
  }, []);
}

/** The way back to the end, with how much is new there. */
export function ToNewest({ talk }: { talk: Talk }) {
  if (talk.atEnd.value || talk.isCatchingUp.value || talk.messages.value.length === 0) return null;
  const { toNewest, unread } = words.value;
  const count = talk.reading.unread.value;
  const go = () => {
    const node = document.querySelector(".timeline");
    if (node !== null) node.scrollTop = node.scrollHeight;
  };
  return (
    <button type="button" class="to-newest" aria-label={toNewest} onClick={go}>
      <Icon name="down" />
      {count > 0 && <span>{unread(count)}</span>}
    </button>
  );
}
