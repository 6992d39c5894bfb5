import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SLOW_TAB_MS } from "../../../src/client/limits.ts";
import type { FromHub } from "../../../src/client/tabs/channel.ts";
import { FrameLog } from "../../../src/client/tabs/frame-log.ts";
import { Hub } from "../../../src/client/tabs/hub.ts";
import { FakeSocket } from "../fake-socket.ts";
import { welcomeWith } from "../welcome.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const URL_OF_ROOM = "wss://localhost/v1/rooms/lobby";

/** A hub with its socket, the addresses that it has opened, and what it sends to peers. */
function open() {
  const sent: string[] = [];
  const emitted: FromHub[] = [];
  const addresses: string[] = [];
  const log = new FrameLog();
  const socket = new FakeSocket();
  socket.send = (data) => void sent.push(String(data));
  const hub = new Hub(
    log,
    (url) => {
      addresses.push(url);
      return socket;
    },
    (message) => {
      emitted.push(message);
      if (message.type === "frame" && message.range) log.add(message.range, message.data);
    },
  );
  const join = (id: string, query = "") => hub.open(id, `${URL_OF_ROOM}?${query}`, []);
  const welcome = (fields: object) => socket.receive(JSON.stringify(welcomeWith(fields)));
  const say = (first: number, ...ids: string[]) => {
    const messages = ids.map((id) => ({ id, from: "a", name: "A", data: id }));
    socket.receive(JSON.stringify({ type: "messages", first, at: 1, messages }));
  };
  const events = () => sent.filter((data) => data !== "ping").map((data) => JSON.parse(data));
  const framesTo = (id: string) =>
    emitted.flatMap((one) =>
      one.type === "frame" && (one.to === undefined || one.to.includes(id))
        ? [JSON.parse(String(one.data))]
        : [],
    );
  return { hub, log, socket, emitted, addresses, join, welcome, say, events, framesTo };
}

describe("Hub", () => {
  test("[TABS-1] opens one socket, which resumes after what the tabs have", () => {
    const { log, addresses, join } = open();
    log.reset("e", 7);
    join("a", "cursor=e.5&history=3");
    join("b");
    expect(addresses.map((url) => new URL(url).search)).toEqual(["?cursor=e.7"]);
  });

  test("[TABS-1] gives each peer what it missed, and one that missed too much a socket of its own", () => {
    const { join, welcome, say, framesTo, emitted } = open();
    join("a", "cursor=e.4");
    welcome({ epoch: "e", seq: 6, resumed: true });
    say(5, "five", "six");
    join("b", "cursor=e.5");
    join("c", "cursor=e.3");
    join("d", "cursor=other.3");
    expect(framesTo("a").map(({ type, seq, resumed }) => [type, seq, resumed])).toEqual([
      ["welcome", 6, true],
      ["messages", undefined, undefined],
    ]);
    expect(framesTo("b").at(-2)).toMatchObject({ type: "welcome", seq: 6, resumed: true });
    expect(framesTo("b").at(-1)).toMatchObject({ type: "messages", first: 5 });
    expect(framesTo("d").at(-1)).toMatchObject({ type: "welcome", seq: 6, resumed: false, reason: "epoch" });
    expect(emitted.filter(({ type }) => type === "direct")).toEqual([{ type: "direct", to: ["c"] }]);
  });

  test("[TABS-1] passes on why the server refused the cursor, and asks for the history", () => {
    const { socket, join, welcome, events, framesTo } = open();
    join("a", "cursor=e.4&history=2");
    welcome({ epoch: "e", seq: 90, resumed: false, reason: "trimmed" });
    const { type, id, limit } = events().at(-1);
    expect([type, limit]).toEqual(["history", 2]);
    const messages = [{ seq: 90, at: 1, id: "m", from: "a", name: "A", data: 1 }];
    socket.receive(JSON.stringify({ type: "history", id, messages, more: true }));
    expect(framesTo("a")[0]).toMatchObject({ type: "welcome", resumed: false, reason: "trimmed", seq: 90 });
    expect(framesTo("a")[1]).toMatchObject({ type: "messages", first: 90, last: 90 });
  });

  test("[TABS-1] routes an answer to the peer that asked, and an error without an id to the last that sent", () => {
    const { hub, socket, join, welcome, emitted } = open();
    for (const id of ["a", "b"]) join(id);
    welcome({ epoch: "e", seq: 0 });
    hub.receive("a", JSON.stringify({ type: "publish", id: "1", data: 1 }));
    hub.receive("b", JSON.stringify({ type: "presence", state: 1 }));
    socket.receive(JSON.stringify({ type: "ack", id: "1", seq: 1 }));
    socket.receive(JSON.stringify({ type: "error", code: "too_big", message: "" }));
    expect(emitted.slice(-2).map(({ to }) => to)).toEqual([["a"], ["b"]]);
  });

  test("[TABS-1] returns a mark once every peer has, and cuts off one that does not", () => {
    const { hub, socket, join, welcome, events, emitted } = open();
    for (const id of ["a", "b"]) join(id);
    welcome({ epoch: "e", seq: 0 });
    const mark = (text: string) => socket.receive(JSON.stringify({ type: "mark", mark: text }));
    const returnMark = (id: string, text: string) =>
      hub.receive(id, JSON.stringify({ type: "received", seq: 0, mark: text }));
    mark("one");
    returnMark("a", "one");
    expect(events()).toEqual([]);
    returnMark("b", "one");
    expect(events()).toEqual([{ type: "received", seq: 0, mark: "one" }]);
    mark("two");
    returnMark("a", "two");
    vi.advanceTimersByTime(SLOW_TAB_MS);
    expect(emitted.at(-1)).toEqual({ type: "direct", to: ["b"] });
    expect(events().at(-1)).toEqual({ type: "received", seq: 0, mark: "two" });
  });

  test("[TABS-2] closes every peer when its socket closes", () => {
    const { socket, join, welcome, emitted } = open();
    join("a");
    welcome({ epoch: "e", seq: 0 });
    socket.onclose?.({ code: 1001, reason: "deploy" } as never);
    expect(emitted.at(-1)).toEqual({ type: "closed", code: 1001, reason: "deploy" });
  });
});
