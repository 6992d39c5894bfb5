import { describe, expect, test } from "vitest";
import { DATA_DEPTH, ID_CHARS } from "../../../src/protocol/limits.ts";
import { freshRoom, join } from "../room-client.ts";

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

describe("nested data", () => {
  test("[LIM-7] accepts DATA_DEPTH levels, and refuses one more with the id", async () => {
    const ada = await join(freshRoom());
    ada.send(`{"type":"publish","id":"deep","data":${nested(DATA_DEPTH)}}`);
    expect(JSON.stringify((await ada.message()).data)).toBe(nested(DATA_DEPTH));
    ada.send(`{"type":"publish","id":"deeper","data":${nested(DATA_DEPTH + 1)}}`);
    const error = await ada.frame("error");
    expect(error).toMatchObject({ code: "invalid_event", id: "deeper" });
    expect(error.message).toContain(`${DATA_DEPTH}`);
  });

  test("[LIM-7] refuses the deepest nesting that a frame can hold, and stays usable", async () => {
    const ada = await join(freshRoom());
    ada.send(`{"type":"publish","id":"deepest","data":${nested(130_000)}}`);
    expect(await ada.frame("error")).toMatchObject({ code: "invalid_event", id: "deepest" });
    ada.send(`{"type":"publish","id":${nested(130_000)},"data":1}`);
    const error = await ada.frame("error");
    expect(error.code).toBe("invalid_event");
    expect(error.id).toBeUndefined();
    ada.publish("good", 1);
    expect((await ada.message()).seq).toBe(1);
  });
});

describe("ids", () => {
  test("[LIM-7] accepts ID_CHARS characters of any script, and refuses one more with the id", async () => {
    const ada = await join(freshRoom());
    // In another room, since an id is unique in a room.
    const bob = await join(freshRoom());
    for (const id of ["a", "a".repeat(ID_CHARS), "大".repeat(ID_CHARS), '\u0000"\\']) {
      ada.publish(id, 1);
      expect((await ada.message()).id).toBe(id);
      bob.publishBytes(id, new Uint8Array(1));
      expect((await bob.message()).id).toBe(id);
    }
    for (const id of ["", "a".repeat(ID_CHARS + 1)]) {
      ada.publish(id, 1);
      expect(await ada.frame("error")).toMatchObject({ code: "invalid_event", id });
      ada.publishBytes(id, new Uint8Array(1));
      expect(await ada.frame("error")).toMatchObject({ code: "invalid_event", id });
    }
  });

  test("[LIM-7] does not send back an id of 100,000 characters", async () => {
    const ada = await join(freshRoom());
    ada.publish("a".repeat(100_000), 1);
    const error = await ada.frame("error");
    expect(error.code).toBe("invalid_event");
    expect(error.id).toBeUndefined();
  });
});

describe("history pages", () => {
  test("[LIM-7] accepts a limit of 1 to 1000 messages", async () => {
    const ada = await join(freshRoom());
    for (let i = 1; i <= 3; i++) ada.publish(`${i}`, i);
    await ada.messages(3);
    for (const [limit, length] of [
      [1, 1],
      [2, 2],
      [1000, 3],
    ]) {
      ada.send({ type: "history", id: "h", limit });
      expect((await ada.frame("history")).messages.length).toBe(length);
    }
    for (const limit of [0, 1001]) {
      ada.send({ type: "history", id: "h", limit });
      const error = await ada.frame("error");
      expect(error).toMatchObject({ code: "invalid_event", id: "h" });
      expect(error.message).toContain("1 to 1000");
    }
  });
});

describe("frames", () => {
  test("[LIM-2] refuses a frame that is too big unparsed, with the id before or after the data", async () => {
    const room = freshRoom();
    const ada = await join(room);
    const witness = await join(room);
    const far = `[${"{},".repeat(1_000_000)}{}]`;
    ada.send(`{"type":"publish","id":"far","data":${far}}`);
    expect(await ada.frame("error")).toMatchObject({ code: "too_big", id: "far" });
    ada.send(`{"data":${far},"id":"late","type":"publish"}`);
    expect(await ada.frame("error")).toMatchObject({ code: "too_big", id: "late" });
    ada.send(`{"type":"publish","data":[${far},{"id":"of the data"}]}`);
    expect(await ada.frame("error")).not.toHaveProperty("id");
    // One character may take six in JSON.
    const escaped = "\\u0061".repeat(262_144);
    ada.send(`{"type":"publish","id":"escaped","data":"${escaped}"}`);
    for (const socket of [ada, witness]) expect(await socket.message()).toMatchObject({ id: "escaped" });
  });

  test("[LIM-1] explains what is wrong with an event without repeating the input", async () => {
    const ada = await join(freshRoom());
    const secret = "something long and private";
    for (const event of [
      { type: "signal", data: 1, to: secret },
      { type: "signal", data: 1, to: [] },
      { type: "publish", id: { secret }, data: 1 },
      { type: "history", id: "h", before: secret },
      { type: "auth", token: [secret] },
    ]) {
      ada.send(event);
      const { code, message } = await ada.frame("error");
      expect(code).toBe("invalid_event");
      expect(message).not.toMatch(/private|Invalid|Expected|received/);
    }
  });
});
