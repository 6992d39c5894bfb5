import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawn, hueOf, initialsOf } from "../format/people.ts";
import { words } from "../text/index.ts";
import { Icon, type IconName } from "./icons.tsx";

/** Small parts that several views are made of. */

/** A name of somebody's own making: it turns nothing around it, and its marks stay in its line. */
export function Name({ of }: { of: string }) {
  return <bdi class="name">{drawn(of)}</bdi>;
}

export function Avatar({ member, name }: { member: string; name: string }) {
  return (
    <span class="avatar" style={{ "--hue": hueOf(member) }} aria-hidden="true">
      <bdi>{initialsOf(drawn(name))}</bdi>
    </span>
  );
}

/** Text that keeps its lines. Where it is wider than its box it scrolls, and what scrolls must be reachable by keys. */
export function Block({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <pre dir="ltr" tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}

type IconButtonProps = {
  icon: IconName;
  label: string;
  class?: string;
  isOn?: boolean | undefined;
  disabled?: boolean;
  onClick: () => void;
  children?: ComponentChildren;
};

/** A button with a picture. With `isOn`, one that is pressed or not. */
export function IconButton({ icon, label, isOn, children, class: name = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`icon-button ${name}`}
      title={label}
      aria-label={label}
      aria-pressed={isOn}
      {...rest}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}

type DialogProps = { title: string; class?: string; onClose: () => void; children: ComponentChildren };

/** A dialog of the browser's own: it keeps the focus in, and gives it back. */
export function Dialog({ title, onClose, children, class: name = "" }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog; Escape is the browser's own
    <dialog
      ref={ref}
      class={name}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="sheet">
        <header>
          <h2>{title}</h2>
          <IconButton icon="close" label={words.value.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
