import { contentOfData } from "../../../../../src/app/chat/chat-message.ts";
import { Conversation } from "../../../../../src/app/components/layout/conversation.tsx";
import { type Upload, uploadsIn } from "../../../../../src/app/uploads/uploads.ts";
import { NOW } from "../environment.ts";
import { ADA, from, IMAGE, LEILA, MIRA, ROOM, SIYUAN, storeWith } from "../fixtures.ts";
import { PHONE, type Story, shown, TABLET } from "../story.ts";
import { inTimeline } from "./messages.tsx";

const LONG = `${"a long name of a recording ".repeat(4)}.wav`;

const upload = (id: string, name: string, more: Partial<Upload> = {}): Upload => ({
  id,
  at: NOW,
  name,
  size: 48_000_000,
  modified: NOW,
  sent: 0,
  source: new File([], name),
  ...more,
});

function withUploads() {
  const { source: _, ...cut } = upload("b", "interview.wav");
  uploadsIn(ROOM).list.value = [
    upload("a", LONG, { sent: 0.42 }),
    cut,
    { ...cut, id: "c", name: "concert.wav", isOther: true },
    upload("d", "film.mp4", { error: { code: "too_big", message: "The room has no space for files." } }),
  ];
  const store = storeWith({ messages: [from(MIRA, 1, "Morning!"), from(ADA, 2, "The recordings follow.")] });
  return <Conversation store={store} isCovered={false} />;
}

const stored = (data: object) => contentOfData(data);
const file = { id: "A".repeat(22), name: "lake.webp", type: "image/webp", size: 3_200_000 };
const withFiles = () =>
  inTimeline(
    storeWith({
      messages: [
        from(
          MIRA,
          1,
          stored({
            text: "The lake, this morning",
            file: { ...file, width: 3000, height: 2000 },
            thumbnail: `data:image/png;base64,${IMAGE}`,
          }),
        ),
        from(LEILA, 2, stored({ file: { ...file, name: LONG, type: "audio/wav" } })),
        from(SIYUAN, 3, stored({ file: { ...file, name: "walkthrough.mp4", type: "video/mp4" } })),
        from(ADA, 4, stored({ file: { ...file, name: "minutes.zip", type: "application/zip" } })),
        from(ADA, 5, stored({ file: { name: "no valid file" } })),
      ],
    }),
  );

export const UPLOAD_STORIES: readonly Story[] = [PHONE, TABLET].flatMap((width): Story[] => [
  {
    name: `conversation/uploads-${width}`,
    size: [width, 560],
    view: withUploads,
    act: () => shown(".upload"),
  },
  { name: `messages/stored-files-${width}`, size: [width, 760], view: withFiles },
]);
