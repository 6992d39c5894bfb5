import type { Page } from "playwright-core";
import { TestSocket } from "../support/socket.ts";

/** A conversation for pictures of the page: short and long messages, code, a link, two scripts. */
const MESSAGES: readonly [author: string, text: string][] = [
  [
    "Mira Okafor",
    "Morning! The relay in Lisbon slept through the night: 0 requests between 01:10 and 06:40 😴",
  ],
  ["Mira Okafor", "which is what we wanted, I think?"],
  [
    "Jonas Weber",
    "Exactly what we wanted. 340 sockets stayed open the whole time, and nobody paid for them.",
  ],
  ["陈思远", "早上好！昨晚的日志我看过了，`seq` 连续，没有缺口。"],
  ["Jonas Weber", "Nice. For the *release notes* I would just paste this:"],
  [
    "Jonas Weber",
    '```js\nconst room = joinRoom("lobby", { name: "Ada" });\nroom.on("message", ({ seq, data }) => show(seq, data));\nawait room.publish({ text: "hello" });\n```',
  ],
  [
    "Leïla Haddad",
    "**Reminder:** the walkthrough is at 15:00, notes are in https://example.org/notes/walkthrough (please add yours _before_ lunch)",
  ],
];

type RoomUrl = (room: string, query?: string) => string;

/** Publishes the conversation. Its authors stay online: the caller closes the sockets. */
export async function publishConversation(roomUrl: RoomUrl, room: string): Promise<TestSocket[]> {
  const sockets = new Map<string, TestSocket>();
  for (const [i, [author, text]] of MESSAGES.entries()) {
    const socket = sockets.get(author) ?? (await join(roomUrl, room, author));
    sockets.set(author, socket);
    socket.send({ type: "publish", id: `sample-${i}`, data: { text } });
    await socket.until("messages");
  }
  return [...sockets.values()];
}

async function join(roomUrl: RoomUrl, room: string, name: string): Promise<TestSocket> {
  // A fixed guest key per name, so that avatars have the same colors in all pictures.
  const guestKey = Buffer.from(name.padEnd(18, "-")).toString("base64url").slice(0, 40);
  const socket = await TestSocket.open(roomUrl(room, `?name=${encodeURIComponent(name)}`), [
    "dormouse.v1",
    `bearer.${guestKey}`,
  ]);
  await socket.until("welcome");
  return socket;
}

/** Draws an image to send, 880 by 560 pixels, as a PNG: hills at night. Leaves the page showing it. */
export async function drawImage(page: Page): Promise<Buffer> {
  // The content security policy of the chat page would block the style attribute.
  await page.goto("about:blank");
  await page.setViewportSize({ width: 880, height: 560 });
  await page.setContent(`<body style="margin:0"><svg width="880" height="560" viewBox="0 0 880 560">
    <rect width="880" height="560" fill="#20304a"/><circle cx="660" cy="130" r="54" fill="#f4e3b5"/>
    <path d="M0 380Q180 250 380 360T880 300V560H0Z" fill="#3d5a66"/>
    <path d="M0 440Q240 330 470 430T880 390V560H0Z" fill="#2c463f"/>
    <path d="M0 500Q260 430 520 490T880 470V560H0Z" fill="#1c2f28"/>
    <g fill="#f4e3b5">${[
      [90, 80],
      [210, 140],
      [330, 60],
      [450, 150],
      [540, 70],
      [790, 210],
      [120, 200],
    ]
      .map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.500"/>`)
      .join("")}</g>
  </svg></body>`);
  return page.screenshot({ type: "png" });
}
