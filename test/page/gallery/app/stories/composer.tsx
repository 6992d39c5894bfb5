import type { ChatStore } from "../../../../../src/app/chat/chat-store.ts";
import { Composer } from "../../../../../src/app/components/composer/composer.tsx";
import { TypingLine } from "../../../../../src/app/components/composer/typing-line.tsx";
import { ADA, from, live, MIRA, SIYUAN, storeWith } from "../fixtures.ts";
import { element, PHONE, type Story, shown, TABLET } from "../story.ts";

export function composerOf(store: ChatStore) {
  return (
    <main class="conversation">
      <div class="timeline-area" />
      <div class="composer-area">
        <Composer store={store} />
        <TypingLine store={store} />
      </div>
    </main>
  );
}

const mine = () => from(ADA, 1, "See you all at 15:00!");
const changedStore = (change: (store: ChatStore) => void) => () => {
  const store = storeWith({ messages: [mine()] });
  change(store);
  return store;
};

const STATES: readonly [state: string, store: () => ChatStore, height: number, act?: () => unknown][] = [
  ["empty", () => storeWith(), 90],
  ["draft", changedStore((store) => store.draft.setText("half a sentence")), 90],
  ["long-draft", changedStore((store) => store.draft.setText("one line\n".repeat(30))), 400],
  ["read-only", () => storeWith({ connection: live(["read"]) }), 90],
  ["reply", changedStore((store) => store.mode.reply(from(MIRA, 1, "Where do we meet? ".repeat(12)))), 150],
  ["edit", changedStore((store) => store.mode.edit(mine())), 150],
  [
    "edit-of-deleted",
    () => {
      const store = storeWith({ messages: [from(ADA, 1, { kind: "deleted" })] });
      store.mode.edit(mine());
      return store;
    },
    150,
  ],
  [
    "edit-of-changed",
    () => {
      const store = storeWith({ messages: [from(ADA, 1, "At 16:00")] });
      store.mode.edit(mine());
      return store;
    },
    150,
  ],
  [
    "typing",
    changedStore((store) => {
      for (const { member } of [MIRA, SIYUAN]) store.typing.onSignal(member, { typing: true });
    }),
    90,
  ],
  [
    "emoji",
    () => storeWith(),
    560,
    async () => {
      element(".emoji-picker button").click();
      await shown(".popover");
    },
  ],
];

export const COMPOSER_STORIES: readonly Story[] = STATES.flatMap(([state, store, height, act]) =>
  [PHONE, TABLET].map(
    (width): Story => ({
      name: `composer/${state}-${width}`,
      size: [width, height],
      view: () => composerOf(store()),
      ...(act && { act }),
    }),
  ),
);
