import { describe, expect, test } from "vitest";
import { joinFake } from "../fake-socket.ts";

/** A cursor store that records what it saves. */
function recordingStore(cursor?: string) {
  const saved: string[] = [];
  return { saved, load: () => saved.at(-1) ?? cursor, save: (next: string) => void saved.push(next) };
}

describe("Delivery", () => {
  test("[RES-17] saves the cursor after what a consumer has finished, not after what it was given", async () => {
    const cursor = recordingStore("e.0");
    const { room, welcome } = joinFake({ cursor });
    const messages = room[Symbol.asyncIterator]();
    const socket = await welcome({ resumed: true });
    socket.messages(1, ..."abcdefghij");
    expect(cursor.saved.at(-1)).toBe("e.0");
    for (let i = 0; i < 3; i++) await messages.next();
    // The consumer still handles the third: after a crash now, it comes again.
    expect(cursor.saved.at(-1)).toBe("e.2");
    await messages.return?.();
    expect(cursor.saved.at(-1)).toBe("e.3");
    socket.messages(11, "k");
    expect(cursor.saved.at(-1)).toBe("e.11");
  });

  test("[RES-17] saves a manual cursor only on ack()", async () => {
    const cursor = { ...recordingStore("e.0"), manual: true };
    const { room, welcome } = joinFake({ cursor });
    const socket = await welcome({ resumed: true });
    socket.messages(1, "a", "b", "c");
    expect(cursor.saved).toEqual([]);
    room.ack(2);
    room.ack(99);
    expect(cursor.saved).toEqual(["e.2"]);
  });

  test("[LIM-41] asks for marks, and returns each once the messages before it are consumed", async () => {
    const { room, welcome, urls } = joinFake();
    const messages = room[Symbol.asyncIterator]();
    const socket = await welcome({ features: ["marks"] });
    expect(new URL(urls[0] ?? "").searchParams.get("features")).toBe("marks");
    socket.receive({ type: "mark", mark: "one" });
    expect(socket.events.at(-1)).toEqual({ type: "received", seq: 0, mark: "one" });
    // While a consumer lags behind, the server sends no more.
    socket.messages(1, "x".repeat(1_000_000), "y".repeat(1_000_000));
    socket.receive({ type: "mark", mark: "two" });
    expect(socket.events.at(-1)).toMatchObject({ mark: "one" });
    await messages.next();
    await messages.next();
    expect(socket.events.at(-1)).toEqual({ type: "received", seq: 2, mark: "two" });
  });
});
