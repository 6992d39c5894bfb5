/** The row of a message that an event concerns. */
export function rowOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(".message[data-seq]") : null;
}

let tabStop: Element | undefined;

/** Makes one row the place where Tab enters the messages. The arrow keys move on from there. */
export function setTabStop(row: Element | null | undefined): void {
  if (!(row instanceof HTMLElement) || row === tabStop) return;
  tabStop?.removeAttribute("tabindex");
  row.tabIndex = 0;
  tabStop = row;
}
