/** Draws the symbols of public/index.html. They are hidden from screen readers; the button around an icon has the label. */
export type IconName =
  | "menu"
  | "close"
  | "members"
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
  | "file"
  | "reply"
  | "edit"
  | "delete"
  | "copy"
  | "more"
  | "bell"
  | "muted"
  | "pin"
  | "search";

export function Icon({ name }: { name: IconName }) {
  return <SvgSymbol id={`icon-${name}`} class="icon" />;
}

export function DormouseDrawing() {
  return <SvgSymbol id="dormouse" class="dormouse" />;
}

function SvgSymbol({ id, class: className }: { id: string; class: string }) {
  return (
    <svg class={className} aria-hidden="true">
      <use href={`#${id}`} />
    </svg>
  );
}
