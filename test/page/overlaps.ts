import type { Page } from "playwright-core";

/**
 * What is wrong with how the page lies on the screen, a line each: boxes that can be pressed and lie on each other, text on text,
 * and what can be pressed but is cut off, covered, or smaller than a finger (WCAG 2.2, 2.5.8). What a popover, a dialog or a panel
 * covers is not looked at.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(findFaults);
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: it runs in the page, so it must hold all that it needs
function findFaults(): string[] {
  type Box = { left: number; top: number; right: number; bottom: number };
  const LAYERS = "dialog, .popover, .beside, .to-newest, .drop";
  const PRESSED = "button, a[href], input:not([type=file]), textarea, summary";
  const SLACK = 1;
  const LEAST = 24;
  const faults = new Set<string>();

  const layerOf = (node: Element) => node.closest(LAYERS);
  const nameOf = (node: Element) => {
    const text = (node.getAttribute("aria-label") ?? node.textContent ?? "").trim().slice(0, 24);
    return `${node.tagName.toLowerCase()}.${[...node.classList].join(".")} "${text}"`;
  };
  const cut = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isThere = ({ left, top, right, bottom }: Box) => right - left > SLACK && bottom - top > SLACK;
  /** The part of a box that its ancestors let through. */
  const visible = (node: Element, box: Box): Box => {
    let rest = box;
    for (let parent = node.parentElement; parent !== null; parent = parent.parentElement) {
      const { overflow, clipPath } = getComputedStyle(parent);
      if (overflow !== "visible" || clipPath !== "none") rest = cut(rest, parent.getBoundingClientRect());
      if (parent instanceof HTMLDialogElement) break;
    }
    return rest;
  };
  const isClipped = (node: Element | null): boolean =>
    node !== null &&
    (getComputedStyle(node).clipPath.startsWith("inset(50%") || isClipped(node.parentElement));
  const isShown = (node: Element) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    node.closest("[inert]") === null &&
    !isClipped(node);
  const dialog = document.querySelector("dialog[open]");
  const isReached = (node: Element) => dialog === null || dialog.contains(node);
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };

  const pressed = [...document.querySelectorAll(PRESSED)]
    .filter((node) => isShown(node) && isReached(node))
    .map((node) => ({
      node,
      whole: node.getBoundingClientRect(),
      box: visible(node, node.getBoundingClientRect()),
    }))
    .filter(({ box }) => isThere(box));

  for (const { node, whole, box } of pressed) {
    const seen = cut(box, screen);
    if (!isThere(seen) || seen.right - seen.left < box.right - box.left - SLACK)
      faults.add(`${nameOf(node)} is beyond the screen`);
    const isText = node.matches("a:not(.file), .link, input[type=radio]");
    if (!isText && (whole.width < LEAST || whole.height < LEAST))
      faults.add(`${nameOf(node)} is ${Math.round(whole.width)} by ${Math.round(whole.height)} px`);
    const top = document.elementFromPoint((seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2);
    const isCovered = top !== null && !node.contains(top) && !top.contains(node);
    if (isCovered && layerOf(top) === layerOf(node) && isShown(top))
      faults.add(`${nameOf(node)} is covered by ${nameOf(top)}`);
  }
  for (const [i, a] of pressed.entries()) {
    for (const b of pressed.slice(i + 1)) {
      if (a.node.contains(b.node) || b.node.contains(a.node) || layerOf(a.node) !== layerOf(b.node)) continue;
      if (isThere(cut(a.box, b.box))) faults.add(`${nameOf(a.node)} lies on ${nameOf(b.node)}`);
    }
  }

  const texts: { node: Element; box: Box }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
    const node = text.parentElement;
    if (node === null || !/\S/.test(text.textContent ?? "") || !isShown(node) || !isReached(node)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      // Lines of a font are higher than what is drawn of it.
      const inset = line.height * 0.2;
      const drawn = {
        left: line.left,
        right: line.right,
        top: line.top + inset,
        bottom: line.bottom - inset,
      };
      const box = visible(node, drawn);
      if (isThere(box)) texts.push({ node, box });
    }
  }
  for (const [i, a] of texts.entries()) {
    for (const b of texts.slice(i + 1)) {
      if (a.node === b.node || layerOf(a.node) !== layerOf(b.node)) continue;
      if (isThere(cut(a.box, b.box)))
        faults.add(`the text of ${nameOf(a.node)} lies on that of ${nameOf(b.node)}`);
    }
  }
  for (const popover of document.querySelectorAll(".popover, dialog[open], .beside")) {
    const box = popover.getBoundingClientRect();
    if (
      box.left < -SLACK ||
      box.top < -SLACK ||
      box.right > innerWidth + SLACK ||
      box.bottom > innerHeight + SLACK
    )
      faults.add(`${nameOf(popover)} is beyond the screen`);
  }
  return [...faults];
}
