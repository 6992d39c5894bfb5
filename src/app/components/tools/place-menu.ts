const GAP_PX = 4;

/** Places a menu below its anchor, or above it where it would not fit. A style sheet places it on a narrow screen. */
export function placeMenu(menu: HTMLElement, anchor: Element | null | undefined): void {
  if (!anchor) return;
  const { top: anchorTop, bottom, right } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const fitsBelow = bottom + GAP_PX + height < innerHeight - GAP_PX;
  const top = fitsBelow ? bottom + GAP_PX : anchorTop - GAP_PX - height;
  menu.style.setProperty("--top", `${Math.max(GAP_PX, Math.min(top, innerHeight - height - GAP_PX))}px`);
  menu.style.setProperty("--left", `${Math.max(GAP_PX, right - width)}px`);
}
