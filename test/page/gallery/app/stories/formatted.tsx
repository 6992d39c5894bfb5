import { attachMentions } from "../../../../../src/app/components/mentions/attach-mentions.tsx";
import { ADA, from, LEILA, MIRA, SIYUAN, storeWith } from "../fixtures.ts";
import { element, PHONE, type Story, shown, TABLET } from "../story.ts";
import { composerOf } from "./composer.tsx";
import { inTimeline } from "./messages.tsx";

const DOCUMENT = `# Release 0.3
Everything is **on track**, see [the *plan*](https://example.org/plan) and [example.com](https://example.org/).

### Left to do
- [x] page
- [ ] guides
  1. sign-in
  2. files

> Ship it when it is calm,
> and ~~not~~ before.

| part | state | kB |
|------|:-----:|---:|
| page | done | 39.4 |
| search in what the history holds | done | 7 |

---
#### The end`;

const CODE = `\`\`\`ts
// The answer, once it is known.
export const answer: number = await ask("life", { patience: 42 });
class Asker extends Person {}
\`\`\`
\`\`\`
in no language, ${"and wide ".repeat(20)}
\`\`\``;

const PASTED = `City\tPeople\n上海\t24 870 895\n${"Llanfair".repeat(4)}\t3 040`;

const mentioning = (text: string, mentions: readonly string[]) => ({ data: { text, mentions } });
const toAda = `@${ADA.name}, can you look at this with @${SIYUAN.name}?`;

const VIEWS: readonly [state: string, view: Story["view"], height: number, act?: Story["act"]][] = [
  ["document", () => inTimeline(storeWith({ messages: [from(MIRA, 1, DOCUMENT)] })), 640],
  ["code", () => inTimeline(storeWith({ messages: [from(MIRA, 1, CODE)] })), 320, () => shown(".token-cmnt")],
  ["pasted-table", () => inTimeline(storeWith({ messages: [from(ADA, 1, PASTED)] })), 220],
  [
    "mentions",
    () =>
      inTimeline(
        storeWith({
          messages: [
            from(MIRA, 1, toAda, mentioning(toAda, [ADA.member, SIYUAN.member])),
            from(MIRA, 2, "It is about the harbour."),
            from(ADA, 3, `On it, @${MIRA.name}!`, mentioning(`On it, @${MIRA.name}!`, [MIRA.member])),
          ],
        }),
      ),
    260,
  ],
  [
    "mention-list",
    () => composerOf(storeWith({ members: [ADA, MIRA, { ...MIRA, member: "guest_other" }, SIYUAN, LEILA] })),
    340,
    async () => {
      const input = element("#text") as HTMLTextAreaElement;
      const members = [ADA, MIRA, { ...MIRA, member: "guest_other" }, SIYUAN, LEILA];
      attachMentions(input, storeWith({ members }));
      input.focus();
      input.setRangeText("Thank you, @", 0, 0, "end");
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await shown(".mention-list");
    },
  ],
];

export const FORMATTED_STORIES: readonly Story[] = VIEWS.flatMap(([state, view, height, act]) =>
  [PHONE, TABLET].map(
    (width): Story => ({
      name: `formatted/${state}-${width}`,
      size: [width, height],
      view,
      ...(act && { act }),
    }),
  ),
);
