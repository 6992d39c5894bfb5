import { storageError } from "../../../../../src/app/browser-storage.ts";
import type { ChatStore } from "../../../../../src/app/chat/chat-store.ts";
import { Conversation } from "../../../../../src/app/components/layout/conversation.tsx";
import { isOnline, notice, openPanel, token } from "../../../../../src/app/page-state.ts";
import type { ConnectionState } from "../../../../../src/client/core.ts";
import { RoomError } from "../../../../../src/client/core.ts";
import { NOW } from "../environment.ts";
import { ADA, from, live, MIRA, storeWith } from "../fixtures.ts";
import { PHONE, type Story, TABLET } from "../story.ts";

const HEIGHT = 520;
const messages = [from(MIRA, 1, "Morning!"), from(ADA, 2, "See you all at 15:00!")];
const closed = (code: string): ConnectionState => ({ status: "closed", code, reason: "a reason" });
const waitingFor = (code: string): ConnectionState => ({
  status: "waiting",
  attempt: 3,
  until: NOW + 8000,
  code,
  reason: "",
});

type State = { connection?: ConnectionState; change?: (store: ChatStore) => void; token?: string };

const STATES: Record<string, State> = {
  "connection-connecting": { connection: { status: "connecting", attempt: 0 } },
  "connection-live": { connection: live() },
  "connection-waiting": { connection: waitingFor("unavailable") },
  "connection-lost": { connection: waitingFor("") },
  "connection-offline": {
    connection: waitingFor(""),
    change: () => {
      isOnline.value = false;
    },
  },
  "join-error-banned": { connection: closed("banned") },
  "join-error-name": { connection: closed("invalid_name") },
  "join-error-room": { connection: closed("invalid_room") },
  "join-error-unknown": { connection: closed("something_new") },
  "join-error-token": { connection: closed("invalid_token"), token: "a.b.c" },
  "notice-action": {
    change: (store) => {
      store.actionError.value = new RoomError("invalid_target", "");
    },
  },
  "notice-files": {
    change: () => {
      notice.value = () => `film.mp4\n${"a long name of a film ".repeat(6)}.mp4`;
    },
  },
  "notice-storage": {
    change: () => {
      storageError.value = "full";
    },
  },
  "header-members-open": {
    change: () => {
      openPanel.value = "members";
    },
  },
};

export const CONVERSATION_STORIES: readonly Story[] = Object.entries(STATES).flatMap(([state, options]) =>
  [PHONE, TABLET].map(
    (width): Story => ({
      name: `conversation/${state}-${width}`,
      size: [width, HEIGHT],
      view: () => {
        const store = storeWith({ messages, ...(options.connection && { connection: options.connection }) });
        token.value = options.token;
        options.change?.(store);
        return <Conversation store={store} isCovered={false} />;
      },
    }),
  ),
);
