import { batch } from "@preact/signals";
import { render } from "preact";
import { storageError } from "../../../../src/app/browser-storage.ts";
import { refreshRoomsWithPending } from "../../../../src/app/chat/pending-storage.ts";
import { type Language, loadLanguage } from "../../../../src/app/i18n/index.ts";
import { loadMore } from "../../../../src/app/load-more.ts";
import {
  chatStore,
  isNarrow,
  isOnline,
  notice,
  openDialog,
  openPanel,
  token,
} from "../../../../src/app/page-state.ts";
import { preferredName, type Theme, theme } from "../../../../src/app/preferences.ts";
import { permission } from "../../../../src/app/rooms/notifications.ts";
import { forgetCount } from "../../../../src/app/rooms/room-counts.ts";
import { roomSettings } from "../../../../src/app/rooms/room-settings.ts";
import { currentRoom, recentRooms } from "../../../../src/app/router.ts";
import { signInInfo } from "../../../../src/app/sign-in/login-page.ts";
import { uploadsIn } from "../../../../src/app/uploads/uploads.ts";
import { ADA, ROOM } from "./fixtures.ts";
import { nextFrame, type Story } from "./story.ts";

export type Variant = { theme: Theme; language: Language };

/** After this many frames without a change, a story is complete. */
const QUIET_FRAMES = 3;
const MAX_FRAMES = 300;

/** Shows a story as if the page had just been loaded. Resolves when nothing changes any more. */
export async function show(root: HTMLElement, story: Story, variant: Variant): Promise<void> {
  render(null, root);
  await loadMore();
  await loadLanguage(variant.language);
  resetPage();
  theme.value = variant.theme;
  root.className = "stage";
  render(story.view(), root);
  await settled();
  if (story.act !== undefined) {
    await story.act();
    await settled();
  }
  if (document.documentElement.dataset.font !== undefined) removeVariationSelectors();
}

/** With one, a browser takes the emoji from a colour font, if the machine has one, and not from the font of the gallery. */
function removeVariationSelectors(): void {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    if (text.data.includes("\ufe0f")) text.data = text.data.replaceAll("\ufe0f", "");
  }
}

function resetPage(): void {
  localStorage.clear();
  sessionStorage.clear();
  refreshRoomsWithPending();
  batch(() => {
    chatStore.value = undefined;
    openPanel.value = undefined;
    openDialog.value = undefined;
    notice.value = undefined;
    storageError.value = "";
    isOnline.value = true;
    isNarrow.value = innerWidth <= 960;
    preferredName.value = ADA.name;
    token.value = undefined;
    permission.value = undefined;
    signInInfo.value = { tokenRequired: true, loginUrl: undefined };
    roomSettings.value = { pinned: new Set(), muted: new Set() };
    uploadsIn(ROOM).list.value = [];
    for (const room of recentRooms.value) forgetCount(room);
    currentRoom.value = ROOM;
    recentRooms.value = [ROOM, "release-party", "lobby"];
  });
}

/** Waits until nothing has changed for some frames, and every image is decoded. */
async function settled(): Promise<void> {
  let quiet = 0;
  const observer = new MutationObserver(() => {
    quiet = 0;
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  for (let frame = 0; quiet < QUIET_FRAMES && frame < MAX_FRAMES; frame++) {
    quiet++;
    await nextFrame();
  }
  observer.disconnect();
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
  await nextFrame();
}
