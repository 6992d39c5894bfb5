import { describe, expect, test } from "vitest";
import {
  type ConnectionEvent,
  type ConnectionState,
  nextState,
} from "../../../src/client/connection/connection-state.ts";
import { welcomeWith } from "../welcome.ts";

const welcome = welcomeWith();
const NOW = 1_000_000;
const connecting: ConnectionState = { status: "connecting", attempt: 0 };
const disconnected = (retry: "now" | "later" | "never", after = 0): ConnectionEvent => ({
  type: "disconnected",
  retry,
  after,
  code: "1006",
  reason: "lost",
});
const min = () => 0;
const max = () => 1;

describe("nextState", () => {
  test("goes live on a welcome, and waits after a disconnect", () => {
    expect(nextState(connecting, { type: "welcome", welcome }, NOW, min)).toEqual({
      status: "live",
      attempt: 0,
      since: NOW,
      welcome,
    });
    expect(nextState(connecting, disconnected("later"), NOW, max)).toEqual({
      status: "waiting",
      attempt: 1,
      until: NOW + 500,
      code: "1006",
      reason: "lost",
    });
  });

  test("waits for a random part of a bound that doubles from 0.5 s to 20 s", () => {
    let state: ConnectionState = connecting;
    const bounds: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect(nextState(state, disconnected("later"), NOW, min)).toMatchObject({ until: NOW });
      state = nextState(state, disconnected("later"), NOW, max);
      if (state.status === "waiting") bounds.push(state.until - NOW);
      state = nextState(state, { type: "retry" }, NOW, max);
      expect(state).toEqual({ status: "connecting", attempt: i + 1 });
    }
    expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  test("adds the wait that the server asks for to the jitter", () => {
    expect(nextState(connecting, disconnected("later", 5000), NOW, min)).toMatchObject({ until: NOW + 5000 });
  });

  test("reconnects at once three times in a row when the server says now", () => {
    const waits = [0, 1, 2, 3].map((attempt) => {
      const state = nextState(
        { status: "live", attempt, since: NOW, welcome },
        disconnected("now"),
        NOW,
        max,
      );
      return state.status === "waiting" ? state.until - NOW : undefined;
    });
    expect(waits).toEqual([500, 500, 500, 4000]);
  });

  test("resets the attempts after a stable connection, and halves them after a short one", () => {
    const live: ConnectionState = { status: "live", attempt: 5, since: NOW, welcome };
    const stateAfter = (lived: number) => nextState(live, disconnected("later"), NOW + lived, max);
    expect(stateAfter(1999)).toMatchObject({ attempt: 6, until: NOW + 1999 + 16_000 });
    expect(stateAfter(2000)).toMatchObject({ attempt: 3, until: NOW + 2000 + 2000 });
    expect(stateAfter(10_000)).toMatchObject({ attempt: 1, until: NOW + 10_000 + 500 });
  });

  test("closes when it is refused for good, and stays closed", () => {
    const closed = nextState(connecting, disconnected("never"), NOW, min);
    expect(closed).toEqual({ status: "closed", code: "1006", reason: "lost" });
    for (const event of [
      { type: "retry" },
      { type: "welcome", welcome },
      disconnected("now"),
    ] satisfies ConnectionEvent[]) {
      expect(nextState(closed, event, NOW, min)).toBe(closed);
    }
  });

  test("returns the same object for an event that changes nothing", () => {
    const waiting: ConnectionState = { status: "waiting", attempt: 1, until: NOW, code: "", reason: "" };
    const live: ConnectionState = { status: "live", attempt: 0, since: NOW, welcome };
    expect(nextState(waiting, disconnected("now"), NOW, min)).toBe(waiting);
    expect(nextState(waiting, { type: "welcome", welcome }, NOW, min)).toBe(waiting);
    expect(nextState(live, { type: "retry" }, NOW, min)).toBe(live);
    expect(nextState(connecting, { type: "retry" }, NOW, min)).toBe(connecting);
  });
});
