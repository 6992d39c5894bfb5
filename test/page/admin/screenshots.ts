/**
 * Takes the pictures of docs/ADMIN.md: the list with 10,000 rooms, and a busy room. `npm run screenshots:admin` runs it. The service runs in the
 * real runtime. The rooms of the list are reports to the directory, sent as rooms send them; the busy room is a room with open sockets.
 */
import { launchBrowser } from "../../support/browser.ts";
import { Operators } from "../../support/operators.ts";
import { TestSocket } from "../../support/socket.ts";
import { token } from "../../support/tokens.ts";
import { writeSmall } from "../small-picture.ts";
import { reportRooms, sampleRooms } from "./sample-rooms.ts";

const FOLDER = "docs/images";
const MAX_BYTES = 80_000;
const ROOMS = 10_000;
const ROOM = "release-party";
const FLOW_MS = 150;
/** So many messages before the picture. */
const MESSAGES = 160;

const NAMES = ["Ada", "Grace", "Mira", "Jo", "Leïla", "Tomás", "Ines", "Kofi", "Yuki", "Anna", "Bo", "Noor"];
const SAID = [
  "Version 0.3 is out.",
  "Restarted the workers in Frankfurt, all green.",
  "Does anyone see the new page yet?",
  "Yes, since a minute.",
  "The search is so much faster now.",
  "Latency is back at 40 ms.",
  "Who writes the notes?",
  "I do, give me ten minutes.",
  "Thank you all!",
];

const operators = await Operators.start();
const browser = await launchBrowser();
const encoder = await browser.newPage();
const sockets: TestSocket[] = [];
let flow: ReturnType<typeof setInterval> | undefined;
try {
  console.log(`Reporting ${ROOMS} rooms to the directory…`);
  await reportRooms(operators, sampleRooms(ROOMS));
  const list = await operators.operator("", { colorScheme: "light" });
  await list.waitForFunction(() => document.querySelectorAll(".room-table tbody tr").length === 100);
  for (let i = 0; i < 3; i++) {
    await list.getByRole("button", { name: "Next" }).first().click();
    await list.waitForFunction(
      (n) => document.querySelector(".pager p")?.textContent?.includes(`${n}01`),
      i + 1,
    );
  }
  const nodes = await list.evaluate(() => document.querySelectorAll("*").length);
  console.log(`A page of the list has ${nodes} elements.`);
  await list.getByRole("button", { name: "Per minute" }).click();
  await list.mouse.move(640, 780);
  await writeSmall(encoder, `${FOLDER}/admin-rooms.webp`, await list.screenshot(), MAX_BYTES);

  for (let i = 0; i < 60; i++) {
    const name = `${NAMES[i % NAMES.length]}${i < NAMES.length ? "" : ` ${Math.floor(i / NAMES.length) + 1}`}`;
    const credential = token({ sub: `u${i + 100}`, name, can: ["read", "publish", "presence"] });
    sockets.push(await TestSocket.open(operators.service.room(ROOM, `?token=${credential}`), "dormouse.v1"));
  }
  let sent = 0;
  flow = setInterval(() => {
    const text = SAID[(sent * 5) % SAID.length];
    sockets[(sent * 7) % sockets.length]?.send({ type: "publish", id: crypto.randomUUID(), data: { text } });
    sent++;
  }, FLOW_MS);
  const room = await operators.operator(`#/room/${ROOM}`, { colorScheme: "dark" });
  await room.getByRole("button", { name: "Follow live" }).click();
  await room.waitForSelector('.tail[data-status="live"]');
  await room.waitForFunction(
    (n) => Number(document.querySelector(".facts:last-child dd")?.textContent) >= n,
    MESSAGES,
    { timeout: 120_000 },
  );
  await room.getByRole("button", { name: "Refresh" }).click();
  await room.waitForFunction(() => document.querySelectorAll(".facts")[1]?.querySelector("dd"));
  await room.mouse.move(640, 4);
  await writeSmall(encoder, `${FOLDER}/admin-room.webp`, await room.screenshot(), MAX_BYTES);
  console.log(`The pictures are in ${FOLDER}/.`);
} finally {
  clearInterval(flow);
  for (const socket of sockets) socket.ws.terminate();
  await browser.close();
  await operators.stop();
}
