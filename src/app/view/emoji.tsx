import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../text/index.ts";
import { IconButton } from "./parts.tsx";

/** They stand in public/index.html, where they are no script. */
const EMOJI = document.getElementById("emoji")?.textContent.trim().split(/\s+/) ?? [];
/** As many as in the style. */
const COLUMNS = 8;

/** A grid that the arrow keys walk. */
export function EmojiPicker({ disabled, onPick }: { disabled: boolean; onPick: (sign: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const t = words.value;

  // At once, so that whoever opens it by a key is in it by the next one.
  useLayoutEffect(() => {
    if (!isOpen) return;
    grid.current?.querySelector("button")?.focus();
    const away = (event: Event) => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [isOpen]);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
    };
    const buttons = [...(grid.current?.querySelectorAll("button") ?? [])];
    const step = steps[event.key];
    // Where Tab goes from here, the grid need not stay open.
    if (event.key === "Escape" || event.key === "Tab") {
      setOpen(false);
      ref.current?.querySelector("button")?.focus();
    } else if (step !== undefined) {
      event.preventDefault();
      const at = buttons.findIndex((button) => button.matches(":focus"));
      buttons[at + step]?.focus();
    }
  };
  return (
    <div ref={ref} class="emoji-picker">
      <IconButton
        icon="emoji"
        label={t.emoji}
        isOn={isOpen}
        disabled={disabled}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <div ref={grid} class="popover" role="toolbar" aria-label={t.emoji} onKeyDown={onKeyDown}>
          {EMOJI.map((sign, i) => (
            <button
              key={sign}
              type="button"
              tabIndex={i === 0 ? 0 : -1}
              onClick={() => {
                setOpen(false);
                onPick(sign);
              }}
            >
              {sign}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
