import { useEffect, useState } from "preact/hooks";
import { storageError } from "../../browser-storage.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { errorText, strings } from "../../i18n/index.ts";
import { preloadMore, withMore } from "../../load-more.ts";
import { clearNotice, notice } from "../../page-state.ts";
import { IconButton } from "../common/icon-button.tsx";
import { lazy } from "../common/lazy.tsx";
import { Composer } from "../composer/composer.tsx";
import { TypingLine } from "../composer/typing-line.tsx";
import { JumpToNewest, Timeline } from "../messages/timeline.tsx";
import { Announcer } from "./announcer.tsx";
import { RoomHeader } from "./room-header.tsx";

const JoinError = lazy((more) => more.JoinError);

/** One room: its header, its timeline and the message box. Files can be dropped anywhere on it. */
export function Conversation({ store, isCovered }: { store: ChatStore; isCovered: boolean }) {
  const [isDragging, setDragging] = useState(false);
  // Where messages are on their way, they come first. A state with a code has failed.
  const phase = store.isCatchingUp.value ? Number("code" in store.connectionState.value) : 2;
  useEffect(() => {
    if (phase === 0) return;
    let stop: (() => void) | undefined = () => {};
    preloadMore((more) => {
      if (phase > 1) stop &&= more.attachConversation(store);
    });
    return () => {
      stop?.();
      stop = undefined;
    };
  }, [phase]);
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
  return (
    <main
      class="conversation"
      inert={isCovered}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={(event) => {
        const { relatedTarget, currentTarget } = event;
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setDragging(false);
      }}
      onDrop={(event) => {
        setDragging(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        const files = [...(event.dataTransfer?.files ?? [])];
        withMore((more) => void more.attachFiles(store, files));
      }}
    >
      <RoomHeader store={store} />
      <div class="timeline-area">
        <Timeline store={store} />
        <JumpToNewest store={store} />
        {isDragging && <p class="drop-zone">{strings.value.dropFiles}</p>}
      </div>
      {store.connectionState.value.status === "closed" && <JoinError store={store} />}
      <Notice store={store} />
      <div class="composer-area">
        <Composer store={store} />
        <TypingLine store={store} />
      </div>
      <Announcer store={store} />
    </main>
  );
}

/** Why the user's last action failed. */
function Notice({ store }: { store: ChatStore }) {
  const { storageErrors, close } = strings.value;
  const error = store.actionError.value;
  const text =
    storageError.value !== ""
      ? storageErrors[storageError.value]
      : (notice.value?.() ?? (error && errorText(error.code, error.message)));
  if (!text) return null;
  return (
    <p class="notice" role="alert">
      <span>{text}</span>
      <IconButton
        icon="close"
        label={close}
        onClick={() => {
          clearNotice(store);
          storageError.value = "";
        }}
      />
    </p>
  );
}
