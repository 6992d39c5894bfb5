import { expect, test, vi } from "vitest";
import { Replay } from "../../../src/room/delivery/replay.ts";
import { ReadLimiter } from "../../../src/room/limits/read-limiter.ts";
import { StoredLevels } from "../../../src/room/limits/stored-levels.ts";
import { RoomLog } from "../../../src/room/log/log.ts";
import { FormRows } from "../../../src/room/operations/form-rows.ts";
import { History } from "../../../src/room/operations/history.ts";
import { MessageForms } from "../../../src/room/operations/message-forms.ts";
import { admission, inside } from "../inside.ts";
import { RETENTION, segment } from "../log/in-object.ts";
import { deliveryOf } from "../parts.ts";
import { freshRoom } from "../room-client.ts";

const ACK_BYTES = 1024;
const FRAMES = 40;
const CHARS = 220;

test("[LIM-10] a replay stops at the window, and goes on once half of it has been read", async () => {
  await inside(freshRoom(), ({ state }) => {
    const log = new RoomLog(state.storage, RETENTION, "room");
    for (let seq = 1; seq <= FRAMES; seq++)
      log.append([{ segment: segment(seq, ["x".repeat(CHARS)], seq), ids: [`${seq}`] }]);
    const delivery = deliveryOf(state, ACK_BYTES);
    const { connections, sender, backpressure } = delivery;
    const levels = new StoredLevels(state.storage.sql);
    const reads = new ReadLimiter({ rate: 0, burst: 1 }, levels, log);
    const rows = new FormRows(state.storage.sql);
    const forms = new MessageForms(log, rows);
    const history = new History({ log, forms, rows });
    const replay = new Replay({
      ...delivery,
      forms,
      history,
      log,
      reads,
      ackBytes: ACK_BYTES,
      maxReplay: FRAMES,
    });
    replay.onWake();
    const session = connections.accept(new WebSocketPair()[1], admission());
    const frames: string[] = [];
    vi.spyOn(sender, "sendRaw").mockImplementation((_, frame) => void frames.push(String(frame)));
    replay.onLive(session, { from: 0, resumed: false });
    const sent = frames.reduce((sum, frame) => sum + frame.length, 0);
    expect(sent).toBeGreaterThan(4 * ACK_BYTES);
    expect(sent).toBeLessThan(4 * ACK_BYTES + 2 * CHARS);
    expect(session.replayFrom).toBe(frames.length);
    expect(session.backpressure).toBeDefined();

    // Once less than half is left, it goes on; as long as more is left, it does not.
    const half = Math.floor(frames.length / 2);
    const claim = (seq: number) => {
      connections.budget.onAcknowledged(session.flow, replay.unreadAfter(session, seq), Date.now());
      return backpressure.release(session);
    };
    expect(claim(half - 2)).toBe(false);
    expect(claim(frames.length - 1)).toBe(true);
    expect(session.backpressure).toBeUndefined();
    vi.restoreAllMocks();
  });
});
