import { describe, expect, test } from "vitest";
import { waitFor } from "../support/wait-for.ts";
import { joinFake } from "./fake-socket.ts";
import { welcomeWith } from "./welcome.ts";

describe("Room over a fake socket", () => {
  test("[RES-14] sends queued publishes before those of a listener, and each once a connection", async () => {
    const { room, last } = joinFake();
    await waitFor(() => expect(last().sent).toBeDefined());
    const publish = (id: string) => void room.publish(id, { id }).catch(() => {});
    publish("a1");
    publish("a2");
    room.on("state", ({ status }) => {
      if (status === "live") publish("b");
    });
    await waitFor(() => expect(last().onmessage).not.toBeNull());
    last().welcome({ limits: { ...welcomeWith().limits, publishRate: 0 } });
    const ids = () => last().events.flatMap(({ id }) => id ?? []);
    await waitFor(() => expect(ids()).toEqual(["a1"]));
    last().receive({ type: "ack", id: "a1", seq: 1 });
    expect(ids()).toEqual(["a1", "a2", "b"]);
  });

  test("[RES-18] gives live messages and pages of history one shape", async () => {
    const { room, last } = joinFake();
    const seen: unknown[] = [];
    room.on("message", (message) => seen.push(message));
    await waitFor(() => expect(last().onmessage).not.toBeNull());
    last().welcome();
    const page = room.history();
    const [{ id } = { id: "" }] = last().events.filter(({ type }) => type === "history");
    const about = { at: 1, from: "m", name: "n" };
    last().receive({
      type: "history",
      id,
      messages: [
        { seq: 1, id: "1", ...about, data: { text: "hi" } },
        { seq: 2, id: "2", ...about, binary: "AQI=" },
      ],
      more: false,
    });
    last().messages(1, { text: "hi" });
    const { messages } = await page;
    expect(messages[0]).toEqual(seen[0]);
    expect(messages[1]).toEqual({ seq: 2, id: "2", ...about, bytes: new Uint8Array([1, 2]) });
  });
});
