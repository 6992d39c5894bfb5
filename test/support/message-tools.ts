import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** A message, by a part of its text. */
export const messageRow = (page: Page, text: string) => page.locator(".message", { hasText: text });

/** Hovers over a message until the page shows its tools. @returns the tools */
export async function showTools(message: Locator): Promise<Locator> {
  const bar = message.locator(".tool-bar");
  // A row that is drawn again under a pointer at rest has no bar, and the bar of another message may still be there.
  const hover = async () => {
    await message.page().mouse.move(0, 0);
    await message.hover();
    return bar.count();
  };
  await expect.poll(hover).toBe(1);
  return bar;
}

/** Presses the button of a tool of a message. */
export async function useTool(message: Locator, name: string | RegExp): Promise<void> {
  await (await showTools(message)).getByRole("button", { name }).click();
}

/** Deletes a message of the user, and confirms it. */
export async function deleteMessage(message: Locator): Promise<void> {
  await useTool(message, "Delete");
  const dialog = message.page().locator("dialog");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => dialog.count()).toBe(0);
}
