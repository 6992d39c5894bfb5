import { rowOf } from "../messages/message-rows.ts";

const LONG_PRESS_MS = 450;
/** A finger that moves further scrolls. */
const MAX_MOVE_PX = 10;

type Listen = <K extends keyof HTMLElementEventMap>(
  type: K,
  listener: (event: HTMLElementEventMap[K]) => void,
) => void;

/**
 * Calls `onPress` with the row that a finger rests on, and `onRelease` when it leaves. A browser closes a menu that opens before that.
 * @returns a function that handles a press from before
 */
export function watchLongPress(
  listen: Listen,
  onPress: (row: HTMLElement) => void,
  onRelease: (row: HTMLElement) => void,
): (event: PointerEvent) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  let isTouch = false;
  let pressed: HTMLElement | undefined;
  /** Whether the touch that ends was a long press. */
  let isReleased = false;
  const cancel = () => {
    clearTimeout(timer);
    pressed = undefined;
  };
  const press = (row: HTMLElement) => {
    clearTimeout(timer);
    pressed = row;
    onPress(row);
  };
  const startPress = (event: PointerEvent) => {
    cancel();
    isTouch = event.pointerType === "touch";
    const row = rowOf(event.target);
    if (!isTouch || row === null || isControl(event.target)) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => press(row), LONG_PRESS_MS);
  };
  listen("pointerdown", startPress);
  listen("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > MAX_MOVE_PX) cancel();
  });
  for (const type of ["pointerup", "pointercancel"] as const) {
    listen(type, () => {
      isReleased = pressed !== undefined;
      if (pressed !== undefined) onRelease(pressed);
      cancel();
    });
  }
  // Otherwise the browser clicks where the finger was, and on a slow device that hits or closes the menu which has opened meanwhile.
  listen("touchend", (event) => {
    if (isReleased && event.cancelable) event.preventDefault();
    isReleased = false;
  });
  // The menu of the page stands in for the one of the browser, except on links and controls.
  listen("contextmenu", (event) => {
    const row = rowOf(event.target);
    if (!isTouch || row === null || isControl(event.target)) return;
    event.preventDefault();
    // On a busy device, the browser notices the long press first, and ends the touch.
    if (pressed === undefined) press(row);
  });
  return startPress;
}

const isControl = (target: EventTarget | null) =>
  target instanceof Element && target.closest("a, button, input, [popover], dialog") !== null;
