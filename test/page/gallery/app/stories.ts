import { COMPOSER_STORIES } from "./stories/composer.tsx";
import { CONVERSATION_STORIES } from "./stories/conversation.tsx";
import { FORMATTED_STORIES } from "./stories/formatted.tsx";
import { MESSAGE_STORIES } from "./stories/messages.tsx";
import { PAGE_STORIES } from "./stories/page.tsx";
import { PANEL_STORIES } from "./stories/panels.tsx";
import { ROOM_STORIES } from "./stories/rooms.tsx";
import { SEARCH_STORIES } from "./stories/search.tsx";
import { SIGN_IN_STORIES } from "./stories/sign-in.tsx";
import { UPLOAD_STORIES } from "./stories/uploads.tsx";
import type { Story } from "./story.ts";

/** Add every new component, and every new state of one, to the file of its kind. */
export const STORIES: readonly Story[] = [
  ...PAGE_STORIES,
  ...CONVERSATION_STORIES,
  ...MESSAGE_STORIES,
  ...COMPOSER_STORIES,
  ...PANEL_STORIES,
  ...FORMATTED_STORIES,
  ...ROOM_STORIES,
  ...SEARCH_STORIES,
  ...SIGN_IN_STORIES,
  ...UPLOAD_STORIES,
];
