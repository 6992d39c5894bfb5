import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Follower } from "../support/follower.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { type Dev, startDev } from "../support/wrangler-dev.ts";

/** The runtime hibernates a room after about ten idle seconds. Its first report to the directory comes up to five seconds after the first join. */
const IDLE_MS = 16_500;
const PINGS = 100;

let dev: Dev;
let receiver: WebhookReceiver;
let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "dormouse-sleep-"));
  receiver = await WebhookReceiver.start();
  dev = await startDev("node_modules/.bin/wrangler", [
    "dev",
    "test/room/logging-worker.ts",
    "--persist-to",
    state,
    // One heartbeat of the event stream falls into the hibernation.
    "--var",
    "HEARTBEAT_SECONDS:8",
    "--var",
    `WEBHOOK_URL:${receiver.url}`,
    "--var",
    `WEBHOOK_SECRET:${WebhookReceiver.secret}`,
  ]);
});

afterAll(async () => {
  await dev.stop();
  await receiver.stop();
  await rm(state, { recursive: true, force: true });
});

const constructed = () => dev.output().split("room constructed: den").length - 1;

test("[SLEEP-1] [SLEEP-2] [SIG-1] [API-7] a hibernating room answers pings without waking, and wakes for a message", async () => {
  const ada = await TestSocket.open(dev.room("den"), "dormouse.v1");
  const bob = await TestSocket.open(dev.room("den"), "dormouse.v1");
  const plain = await TestSocket.open(dev.room("den"));
  const follower = await Follower.open(`${dev.url}/v1/rooms/den/events`);
  for (const socket of [ada, bob]) await socket.until("welcome");
  ada.send({ type: "publish", id: "before", data: "before" });
  for (const socket of [ada, bob]) expect(await socket.until("messages")).toMatchObject({ first: 1 });
  expect(await plain.next()).toEqual({ text: "before" });
  // A typing indicator that is never cleared.
  ada.send({ type: "signal", data: { typing: true }, key: "typing" });
  for (const socket of [ada, bob]) await socket.until("signals");
  await eventually(() => constructed() === 1);
  // A delivered webhook must not keep the room awake.
  await eventually(() => receiver.events.some(({ type }) => type === "message.published"));

  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  for (let i = 0; i < PINGS; i++) bob.send("ping");
  for (let i = 0; i < PINGS; i++) expect(await bob.next()).toEqual({ text: "pong" });
  expect(constructed()).toBe(1);

  ada.send({ type: "publish", id: "after", data: "after" });
  for (const socket of [ada, bob]) {
    expect(await socket.until("messages")).toMatchObject({ first: 2, messages: [{ id: "after" }] });
  }
  expect(await plain.next()).toEqual({ text: "after" });
  await eventually(() => follower.messages().length === 2);
  expect(follower.messages().map(({ data }) => data)).toEqual(["before", "after"]);
  expect(follower.comments.length).toBeGreaterThan(0);
  follower.cut();
  // A second construction proves that the room hibernated before the pings.
  await eventually(() => constructed() === 2);
});
