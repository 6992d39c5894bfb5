import type { ChatStore } from "../../../../../src/app/chat/chat-store.ts";
import { JumpToNewest, Timeline } from "../../../../../src/app/components/messages/timeline.tsx";
import { strings } from "../../../../../src/app/i18n/index.ts";
import { ADA, file, from, image, LEILA, live, MIRA, SIYUAN, storeWith, waiting } from "../fixtures.ts";
import { DESKTOP, element, PHONE, type Story, shown, TABLET } from "../story.ts";

export function inTimeline(store: ChatStore) {
  return (
    <main class="conversation">
      <div class="timeline-area">
        <Timeline store={store} />
        <JumpToNewest store={store} />
      </div>
      <textarea id="text" hidden />
    </main>
  );
}

const of = (...messages: Parameters<typeof from>[]) =>
  storeWith({ messages: messages.map((message) => from(...message)) });

const conversation = () =>
  of(
    [MIRA, 1, "Morning! The relay slept through the night."],
    [MIRA, 2, "which is what we wanted, I think?"],
    [LEILA, 3, "340 sockets stayed open the whole time, and nobody paid for them. ".repeat(2)],
    [SIYUAN, 4, "早上好！昨晚的日志我看过了，没有缺口。"],
    [ADA, 5, "See you all at 15:00!"],
    [ADA, 6, "ok"],
  );

const withUnread = () => {
  const store = conversation();
  store.readPosition.dividerAfter.value = 3;
  return store;
};

const reacted = () => {
  const keys = { "👍": 3, "🎉": 1, ok: 12, [`long ${"w".repeat(40)}`]: 1 };
  const reactions = Object.fromEntries(
    Object.entries(keys).map(([key, count]) => [key, { count, members: [MIRA.member], mine: key === "🎉" }]),
  );
  return of(
    [MIRA, 1, "Where do we meet?"],
    [ADA, 2, "At the harbour, as always.", { reply: { seq: 1, name: MIRA.name, text: "Where do we meet?" } }],
    [LEILA, 3, "Fine.", { reply: { seq: 99, name: LEILA.name, text: "Morning! ".repeat(16) }, reactions }],
  );
};

const changed = () =>
  of(
    [MIRA, 1, "At 16:00.", { isEdited: true }],
    [MIRA, 2, { kind: "deleted" }],
    [ADA, 3, "This one was changed.", { isEdited: true }],
    [ADA, 4, { kind: "deleted" }],
  );

const attached = () =>
  of(
    [MIRA, 1, image("dunes.png", 240, 160)],
    [ADA, 2, image("tall.png", 40, 120)],
    [ADA, 3, file("minutes.pdf")],
    [SIYUAN, 4, file(`${"a long name ".repeat(12)}.pdf`, 2_400_000)],
    [SIYUAN, 5, { kind: "bytes", bytes: new Uint8Array(12) }],
  );

const marked = () =>
  of(
    [MIRA, 1, "Some *emphasis*, **weight**, ~~doubt~~, `code` and https://example.org/a/long/path"],
    [MIRA, 2, '```js\nconst room = joinRoom("lobby");\nawait room.publish({ text: "hello" });\n```'],
    [ADA, 3, `\`\`\`\n${"wide ".repeat(60)}\n\`\`\``],
  );

const extreme = () =>
  of(
    [LEILA, 1, "a".repeat(180)],
    [LEILA, 2, `Zalgo ${"e\u0301\u0302\u0303\u0304\u0305\u0306".repeat(8)}`],
    [MIRA, 3, "שלום, this line starts on the right."],
    [MIRA, 4, "😴😴"],
    [ADA, 5, `long ${"word ".repeat(700)}`],
  );

const own = () => {
  const store = storeWith({
    messages: [from(MIRA, 1, "Morning!"), from(ADA, 2, "The first of two, stored."), from(ADA, 3, "stored")],
    pending: [
      waiting("a", "on its way", { reply: { seq: 1, name: MIRA.name, text: "Morning!" } }),
      waiting("b", new Uint8Array(90_000)),
      waiting("c", "x ".repeat(40), { error: { code: "too_big", message: "" } }),
      waiting("d", "refused", { error: { code: "forbidden", message: "" } }),
    ],
  });
  store.pending.progress.value = new Map([["b", 0.4]]);
  return store;
};

const lastRow = () => {
  const rows = document.querySelectorAll<HTMLElement>(".message[data-seq]");
  const row = rows[rows.length - 1];
  if (row === undefined) throw new Error("The story has no message.");
  return row;
};
const showTools = async () => {
  lastRow().dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  await shown(".tool-bar");
};
const showMenu = async () => {
  await showTools();
  element(".message-menu").showPopover();
};

/** Each of them once on a phone and once beside other things. */
const ROWS: readonly [state: string, store: () => ChatStore, height: number][] = [
  ["conversation", conversation, 420],
  ["unread", withUnread, 460],
  ["own", own, 560],
  ["changed", changed, 260],
  ["replies-and-reactions", reacted, 360],
  ["files", attached, 760],
  ["markup", marked, 400],
  ["extreme", extreme, 900],
];

export const MESSAGE_STORIES: readonly Story[] = [
  ...ROWS.flatMap(([state, store, height]) =>
    [PHONE, TABLET].map(
      (width): Story => ({
        name: `messages/${state}-${width}`,
        size: [width, height],
        view: () => inTimeline(store()),
      }),
    ),
  ),
  ...[PHONE, TABLET, DESKTOP].flatMap((width): Story[] => [
    {
      name: `messages/tools-${width}`,
      size: [width, 420],
      view: () => inTimeline(conversation()),
      act: showTools,
    },
    {
      name: `messages/menu-${width}`,
      size: [width, 520],
      view: () => inTimeline(reacted()),
      act: showMenu,
    },
  ]),
  {
    name: "messages/menu-of-others",
    size: [PHONE, 520],
    view: () => inTimeline(of([MIRA, 1, "Of somebody else"])),
    act: showMenu,
  },
  {
    name: "messages/delete",
    size: [TABLET, 420],
    view: () => inTimeline(conversation()),
    act: async () => {
      await showMenu();
      element(".menu-item:last-child").click();
      await shown("dialog[open]");
    },
  },
  {
    name: "messages/highlighted",
    size: [TABLET, 420],
    view: () => {
      const store = conversation();
      store.jump.target.value = { seq: 3 };
      return inTimeline(store);
    },
  },
  {
    name: "messages/older-and-newer",
    size: [TABLET, 420],
    view: () => {
      const store = conversation();
      store.hasOlder.value = true;
      store.hasNewer.value = true;
      return inTimeline(store);
    },
  },
  {
    name: "messages/erased",
    size: [TABLET, 200],
    view: () => {
      const store = of([MIRA, 1, "After the erase"]);
      store.wasErased.value = true;
      return inTimeline(store);
    },
  },
  ...[PHONE, TABLET].map(
    (width): Story => ({
      name: `messages/empty-room-${width}`,
      size: [width, 700],
      view: () => inTimeline(storeWith({ connection: live(undefined, 0) })),
      act: () => shown(".qr-code path[d]"),
    }),
  ),
  ...[PHONE, TABLET].map(
    (width): Story => ({
      name: `messages/enlarged-${width}`,
      size: [width, 760],
      view: () => inTimeline(attached()),
      act: async () => {
        element(".image-attachment").click();
        await shown("dialog[open]");
      },
    }),
  ),
  {
    name: "messages/drop-zone",
    size: [TABLET, 420],
    view: () => (
      <main class="conversation">
        <div class="timeline-area">
          <Timeline store={conversation()} />
          <p class="drop-zone">{strings.value.dropFiles}</p>
        </div>
      </main>
    ),
  },
];
