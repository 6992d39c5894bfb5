import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { strings } from "../../i18n/index.ts";
import { IconButton } from "../common/icon-button.tsx";

/** The list is in public/index.html, so that it does not add to the script. */
const EMOJI = document.getElementById("emoji")?.textContent.trim().split(/\s+/) ?? [];
/** The same number of columns as in styles/composer.css. */
const COLUMNS = 8;

/** A button that opens a grid of emoji. The arrow keys move through the grid. */
export function EmojiPicker({ disabled, onPick }: { disabled: boolean; onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const container = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const t = strings.value;

  // A layout effect, so that the grid has the focus before the next key press.
  useLayoutEffect(() => {
    if (!isOpen) return;
    grid.current?.querySelector("button")?.focus();
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !container.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
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
    // Tab closes the grid and moves on from its button.
    if (event.key === "Escape" || event.key === "Tab") {
      setOpen(false);
      container.current?.querySelector("button")?.focus();
    } else if (step !== undefined) {
      event.preventDefault();
      const focused = buttons.findIndex((button) => button.matches(":focus"));
      buttons[focused + step]?.focus();
    }
  };
  return (
    <div ref={container} class="emoji-picker">
      <IconButton
        icon="emoji"
        label={t.emoji}
        isPressed={isOpen}
        disabled={disabled}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <div ref={grid} class="popover" role="toolbar" aria-label={t.emoji} onKeyDown={onKeyDown}>
          {EMOJI.map((emoji, i) => (
            <button
              key={emoji}
              type="button"
              tabIndex={i === 0 ? 0 : -1}
              onClick={() => {
                setOpen(false);
                onPick(emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
