import { describe, expect, test } from "vitest";
import { followStream } from "../../src/http/events/follower.ts";
import { followerWindow } from "../../src/http/events/unread-window.ts";
import { welcomeWith } from "../client/welcome.ts";
import { waitFor } from "../support/wait-for.ts";

const FRAME_BYTES = 50_000;

/** The room's side of a follower: sends frames of 50,000 bytes, and collects the marks that are returned. */
function roomSide() {
  const { 0: far, 1: near } = new WebSocketPair();
  far.accept();
  const returned: string[] = [];
  far.addEventListener("message", ({ data }) => {
    returned.push(JSON.parse(String(data)).mark);
  });
  const stream = followStream(near, { cursor: undefined, history: 0, heartbeatMs: 3_600_000 });
  far.send(JSON.stringify(welcomeWith()));
  const data = "x".repeat(FRAME_BYTES);
  const send = (seq: number) => {
    const messages = [{ id: `${seq}`, from: "m", name: "n", data }];
    far.send(JSON.stringify({ type: "messages", first: seq, at: 1, messages }));
  };
  const mark = (mark: string) => far.send(JSON.stringify({ type: "mark", mark }));
  return { stream, send, mark, returned };
}

/** Reads the stream to its end. */
async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

describe("followStream", () => {
  test("[API-7] returns a mark once its reader has read everything before it", async () => {
    const { stream, send, mark, returned } = roomSide();
    for (let seq = 1; seq <= 4; seq++) send(seq);
    mark("first");
    await scheduler.wait(100);
    expect(returned).toEqual([]);
    const reader = stream.getReader();
    const reading = readAll(reader);
    await waitFor(() => expect(returned).toEqual(["first"]));
    send(5);
    mark("second");
    await waitFor(() => expect(returned).toEqual(["first", "second"]));
    await reader.cancel();
    await reading;
  });

  test("[API-7] returns a mark at once where nothing is unread", async () => {
    const { stream, mark, returned } = roomSide();
    const reader = stream.getReader();
    const reading = readAll(reader);
    mark("only");
    await waitFor(() => expect(returned).toEqual(["only"]));
    await reader.cancel();
    await reading;
  });
});

describe("followerWindow", () => {
  test("[LIM-42] is at most 512 kB, and less with many followers in the isolate", async () => {
    // Other tests in this isolate may have followers, too.
    const before = followerWindow();
    expect(before).toBeLessThanOrEqual(512 * 1024);
    const sides = Array.from({ length: 255 }, () => roomSide());
    expect(followerWindow()).toBeLessThanOrEqual(128 * 1024);
    expect(followerWindow()).toBeGreaterThanOrEqual(32 * 1024);
    for (const { stream } of sides) await stream.cancel();
    expect(followerWindow()).toBe(before);
  });
});
