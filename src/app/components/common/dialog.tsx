import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { strings } from "../../i18n/language.ts";
import { IconButton } from "./icon-button.tsx";

type DialogProps = { title: string; class?: string; onClose: () => void; children: ComponentChildren };

/** A native modal dialog, which traps the focus. Closing it returns the focus to the element that had it before. */
export function Dialog({ title, onClose, children, class: className = "" }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const focusedBefore = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (focusedBefore instanceof HTMLElement) focusedBefore.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; the browser handles Escape
    <dialog
      ref={ref}
      class={className}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="dialog-content">
        <header>
          <h2>{title}</h2>
          <IconButton icon="close" label={strings.value.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
