import type { ComponentChild } from "preact";

/** One state of one or more components. */
export type Story = {
  /** The component, a slash, and its state. */
  name: string;
  /** The size of the window in pixels. */
  size: readonly [width: number, height: number];
  /** Sets what the components read, and renders them. */
  view: () => ComponentChild;
  /** Presses what leads to the state. */
  act?: () => unknown;
};

export const PHONE = 390;
export const TABLET = 760;
export const DESKTOP = 1280;

export function element(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The story has no ${selector}.`);
  return found;
}

/** Waits until an element is there. */
export async function shown(selector: string): Promise<HTMLElement> {
  for (let frame = 0; frame < 120; frame++) {
    if (document.querySelector(selector) !== null) break;
    await nextFrame();
  }
  return element(selector);
}

export function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
