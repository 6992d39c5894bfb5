/** What is drawn stands in public/index.html, where it is no script. Icons say nothing to a screen reader: the button around one does. */
export type IconName =
  | "menu"
  | "close"
  | "people"
  | "invite"
  | "frames"
  | "settings"
  | "attach"
  | "emoji"
  | "down"
  | "send"
  | "download"
  | "plus"
  | "waiting"
  | "sent"
  | "alert"
  | "file";

export function Icon({ name }: { name: IconName }) {
  return <Drawing of={`icon-${name}`} class="icon" />;
}

export function Dormouse() {
  return <Drawing of="dormouse" class="dormouse" />;
}

function Drawing({ of, class: name }: { of: string; class: string }) {
  return (
    <svg class={name} aria-hidden="true">
      <use href={`#${of}`} />
    </svg>
  );
}
