import { useRef, useState } from "preact/hooks";
import { strings } from "../../i18n/index.ts";
import { IconButton } from "../common/icon-button.tsx";
import { lazy } from "../common/lazy.tsx";

const EmojiGrid = lazy((more) => more.EmojiGrid);

/** A button that opens a grid of emoji. */
export function EmojiPicker({ disabled, onPick }: { disabled: boolean; onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const container = useRef<HTMLDivElement>(null);
  return (
    <div ref={container} class="emoji-picker">
      <IconButton
        icon="emoji"
        label={strings.value.emoji}
        isPressed={isOpen}
        disabled={disabled}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && <EmojiGrid container={container} onPick={onPick} onClose={() => setOpen(false)} />}
    </div>
  );
}
