import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { toHex } from "../../files/hex.ts";
import { formatBytes } from "../../format/bytes.ts";
import { formatExactTime } from "../../format/datetime.ts";
import type { FrameRecorder, RecordedFrame } from "../../frames/frame-recorder.ts";
import { type MoreStrings, moreStrings } from "../../i18n/index.ts";
import { memo } from "../common/memo.tsx";
import { FrameHeader, FramePayload } from "./frame-details.tsx";
import { OpcodeTable } from "./opcode-table.tsx";

const PREVIEW_CHARS = 240;
const PREVIEW_BYTES = 16;
/** Within this distance from its end, the list follows new frames. */
const FOLLOW_PX = 60;

/** The recorded WebSocket frames. The list follows new frames unless the user scrolls up or opens one. */
export function FrameList({ recorder }: { recorder: FrameRecorder }) {
  const list = useRef<HTMLOListElement>(null);
  const isFollowing = useRef(true);
  const t = moreStrings.value;
  // Reading the signal renders the list again after each change.
  const version = recorder.version.value;
  useLayoutEffect(() => {
    const node = list.current;
    if (node !== null && isFollowing.current && node.querySelector("[open]") === null)
      node.scrollTop = node.scrollHeight;
  }, [version]);
  return (
    <div class="frames">
      <div class="frames-intro">
        <p class="hint">{t.framesIntro}</p>
        <button type="button" onClick={() => recorder.clear()}>
          {t.framesClear}
        </button>
      </div>
      <details class="frames-help">
        <summary>{t.framesLimits}</summary>
        <ul>
          {t.framesLimitsText.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
      <OpcodeTable t={t} />
      {recorder.frames.length === 0 && <p class="hint">{t.framesNone}</p>}
      <ol
        ref={list}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isFollowing.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
        }}
      >
        {recorder.frames.map((frame) => (
          <FrameItem key={frame.key} frame={frame} t={t} />
        ))}
      </ol>
    </div>
  );
}

const FrameItem = memo(({ frame, t }: { frame: RecordedFrame; t: MoreStrings }) => {
  const [isOpen, setOpen] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    const [node, list] = [item.current, item.current?.parentElement];
    if (isOpen && node && list) list.scrollTop = node.offsetTop;
  }, [isOpen]);
  const { at, direction, kind, length, opcode, payload } = frame;
  return (
    <li ref={item} class={`frame ${direction} ${kind}`}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span class="arrow" aria-hidden="true">
            {direction === "sent" ? "↑" : "↓"}
          </span>
          <span class="visually-hidden">{t.frameDirections[direction]}</span>
          <span class="kind">{t.frameKinds[kind]}</span>
          <span class="size">{opcode === undefined ? "" : formatBytes(length)}</span>
          <time>{formatExactTime(at)}</time>
          <span class="preview">{previewOf(payload)}</span>
        </summary>
        {isOpen && opcode !== undefined && <FrameHeader frame={frame} opcode={opcode} t={t} />}
        {isOpen && <FramePayload frame={frame} t={t} />}
      </details>
    </li>
  );
});

function previewOf(payload: string | Uint8Array): string {
  return typeof payload === "string"
    ? payload.slice(0, PREVIEW_CHARS)
    : toHex(payload.subarray(0, PREVIEW_BYTES), " ");
}
