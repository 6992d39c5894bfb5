import { useLayoutEffect, useRef } from "preact/hooks";
import { strings } from "../../i18n/index.ts";

/** The list is in public/index.html, so that it does not add to the script. */
const EMOJI = document.getElementById("emoji")?.textContent.trim().split(/\s+/) ?? [];
/** The same number of columns as in styles/composer.css. */
const COLUMNS = 8;

type EmojiGridProps = {
  /** The element with the button that opened the grid. */
  container: { current: HTMLElement | null };
  onPick: (emoji: string) => void;
  onClose: () => void;
};

/** A grid of emoji. The arrow keys move through it. */
export function EmojiGrid({ container, onPick, onClose }: EmojiGridProps) {
  const grid = useRef<HTMLDivElement>(null);

  // A layout effect, so that the grid has the focus before the next key press.
  useLayoutEffect(() => {
    grid.current?.querySelector("button")?.focus();
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !container.current?.contains(event.target)) onClose();
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, []);

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
      onClose();
      container.current?.querySelector("button")?.focus();
    } else if (step !== undefined) {
      event.preventDefault();
      const focused = buttons.findIndex((button) => button.matches(":focus"));
      buttons[focused + step]?.focus();
    }
  };
  return (
    <div ref={grid} class="popover" role="toolbar" aria-label={strings.value.emoji} onKeyDown={onKeyDown}>
      {EMOJI.map((emoji, i) => (
        <button
          key={emoji}
          type="button"
          tabIndex={i === 0 ? 0 : -1}
          onClick={() => {
            onClose();
            onPick(emoji);
          }}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}
