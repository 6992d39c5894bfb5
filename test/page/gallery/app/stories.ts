import { COMPOSER_STORIES } from "./stories/composer.tsx";
import { CONVERSATION_STORIES } from "./stories/conversation.tsx";
import { MESSAGE_STORIES } from "./stories/messages.tsx";
import { PAGE_STORIES } from "./stories/page.tsx";
import { PANEL_STORIES } from "./stories/panels.tsx";
import type { Story } from "./story.ts";

/** Add every new component, and every new state of one, to the file of its kind. */
export const STORIES: readonly Story[] = [
  ...PAGE_STORIES,
  ...CONVERSATION_STORIES,
  ...MESSAGE_STORIES,
  ...COMPOSER_STORIES,
  ...PANEL_STORIES,
];
