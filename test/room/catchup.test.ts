import { expect, test, vi } from "vitest";
import { Audience } from "../../src/audience/audience.ts";
import { RoomLog } from "../../src/log/log.ts";
import { CatchUp } from "../../src/room/catchup.ts";
import { Stalls } from "../../src/room/stalls.ts";
import { RETENTION, segment } from "../log/in-object.ts";
import { admission, inside } from "./inside.ts";
import { freshRoom } from "./room-client.ts";

const ACK_BYTES = 1024;
const FRAMES = 40;

test("[LIM-10] who is waited for has still to acknowledge what is asked, also where the window shrank meanwhile", async () => {
  await inside(freshRoom(), ({ state }) => {
    const log = new RoomLog(state.storage, RETENTION, "room");
    for (let seq = 1; seq <= FRAMES; seq++)
      log.append([{ segment: segment(seq, ["x".repeat(220)], seq), ids: [`${seq}`] }]);
    const audience = new Audience(state, ACK_BYTES);
    const catchUp = new CatchUp(log, audience, new Stalls(audience), () => {});
    catchUp.run();
    const session = audience.admit(new WebSocketPair()[1], admission());
    const frames: string[] = [];
    vi.spyOn(audience, "sendRaw").mockImplementation((_, frame) => void frames.push(String(frame)));
    // After each frame from the seventh on, the room is one in which the window is half as long.
    vi.spyOn(audience, "size", "get").mockImplementation(() => (frames.length < 7 ? 1 : 200));
    catchUp.begin(session, 0);
    expect(session.behind).toBe(7);
    // A client acknowledges once it has read so much, and then from there on.
    let acknowledged = 0;
    let unread = 0;
    frames.forEach((frame, i) => {
      unread += frame.length;
      if (unread < ACK_BYTES) return;
      unread = 0;
      acknowledged = i + 1;
    });
    expect(session.stalled?.until).toBeLessThanOrEqual(acknowledged);
    catchUp.received(session, acknowledged);
    expect(session.stalled).toBeUndefined();
    vi.restoreAllMocks();
  });
});
