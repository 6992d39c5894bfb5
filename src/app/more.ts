import { buildId } from "./build-id.ts";
import { followPageLinks } from "./components/messages/follow-page-links.ts";
import { watchSearchKey } from "./components/search/search-key.ts";
import { startRooms } from "./rooms/start-rooms.ts";

const UPDATED = "The page was updated. Reload it.";

/** The code that the page loads when it is first used. It is one script, so that all parts of the page share one other script. */
export { editLast, saveEdit } from "./chat/edit-message.ts";
export { toggleReaction } from "./chat/operations.ts";
export { attachConversation } from "./components/composer/attach-conversation.ts";
export { attachFiles } from "./components/composer/attach-files.ts";
export { ComposeModeLine } from "./components/composer/compose-mode-line.tsx";
export { EmojiGrid } from "./components/composer/emoji-grid.tsx";
export { JoinError } from "./components/connection/join-error.tsx";
export { WelcomeSignIn } from "./components/connection/sign-in.tsx";
export { Dialogs } from "./components/dialogs/dialogs.tsx";
export { FormattedText } from "./components/formatted/formatted-text.tsx";
export { SidePanel } from "./components/layout/side-panel.tsx";
export { EmptyRoom } from "./components/messages/empty-room.tsx";
export { MediaAttachment } from "./components/messages/media-attachment.tsx";
export { SendError } from "./components/messages/send-error.tsx";
export { attachTools } from "./components/tools/attach-tools.tsx";
export { acceptArrived } from "./sign-in/accept-token.ts";
export { freshToken } from "./sign-in/fresh-token.ts";
export { StoredFile } from "./uploads/stored-file.tsx";

// After a deploy, an open page would join its own scripts with this one of another build.
if (buildId() !== "@build-id@") throw new Error(UPDATED);

/** Starts what runs from then on. Its styles are loaded. */
export function start(): void {
  const styles = getComputedStyle(document.documentElement).getPropertyValue("--build-id");
  if (!styles.includes(buildId())) throw new Error(UPDATED);
  startRooms();
  watchSearchKey();
  followPageLinks();
}
