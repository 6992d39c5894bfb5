import { expect, test } from "vitest";
import { type ConnectionEvent, type ConnectionState, next } from "../../src/client/state.ts";
import { welcomeWith } from "./welcome.ts";

const welcome = welcomeWith();
const NOW = 1_000_000;
const connecting: ConnectionState = { status: "connecting", attempt: 0 };
const lost = (retry: "now" | "later" | "never", after = 0): ConnectionEvent => ({
  type: "lost",
  retry,
  after,
  code: "1006",
  reason: "lost",
});
const least = () => 0;
const most = () => 1;

test("an attempt that is welcomed is live, and one that is lost waits", () => {
  expect(next(connecting, { type: "welcome", welcome }, NOW, least)).toEqual({
    status: "live",
    attempt: 0,
    since: NOW,
    welcome,
  });
  expect(next(connecting, lost("later"), NOW, most)).toEqual({
    status: "waiting",
    attempt: 1,
    until: NOW + 500,
    code: "1006",
    reason: "lost",
  });
});

test("the bound of the wait doubles from 0.5 s to 20 s, and the wait is any part of it", () => {
  let state: ConnectionState = connecting;
  const bounds: number[] = [];
  for (let i = 0; i < 8; i++) {
    expect(next(state, lost("later"), NOW, least)).toMatchObject({ until: NOW });
    state = next(state, lost("later"), NOW, most);
    if (state.status === "waiting") bounds.push(state.until - NOW);
    state = next(state, { type: "retry" }, NOW, most);
    expect(state).toEqual({ status: "connecting", attempt: i + 1 });
  }
  expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
});

test("a server that asks for a wait gets it, on top of the jitter", () => {
  expect(next(connecting, lost("later", 5000), NOW, least)).toMatchObject({ until: NOW + 5000 });
});

test("now is taken at its word three times in a row, and after that waits like any other", () => {
  const waits = [0, 1, 2, 3].map((attempt) => {
    const state = next({ status: "live", attempt, since: NOW, welcome }, lost("now"), NOW, most);
    return state.status === "waiting" ? state.until - NOW : undefined;
  });
  expect(waits).toEqual([500, 500, 500, 4000]);
});

test("a connection that lived for a while makes the next attempt a first one, and one of seconds halves its number", () => {
  const live: ConnectionState = { status: "live", attempt: 5, since: NOW, welcome };
  const after = (lived: number) => next(live, lost("later"), NOW + lived, most);
  expect(after(1999)).toMatchObject({ attempt: 6, until: NOW + 1999 + 16_000 });
  expect(after(2000)).toMatchObject({ attempt: 3, until: NOW + 2000 + 2000 });
  expect(after(10_000)).toMatchObject({ attempt: 1, until: NOW + 10_000 + 500 });
});

test("refused for good is closed, and nothing comes after closed", () => {
  const closed = next(connecting, lost("never"), NOW, least);
  expect(closed).toEqual({ status: "closed", code: "1006", reason: "lost" });
  for (const event of [
    { type: "retry" },
    { type: "welcome", welcome },
    lost("now"),
  ] satisfies ConnectionEvent[]) {
    expect(next(closed, event, NOW, least)).toBe(closed);
  }
});

test("an event that means nothing in a state leaves it as it is", () => {
  const waiting: ConnectionState = { status: "waiting", attempt: 1, until: NOW, code: "", reason: "" };
  const live: ConnectionState = { status: "live", attempt: 0, since: NOW, welcome };
  expect(next(waiting, lost("now"), NOW, least)).toBe(waiting);
  expect(next(waiting, { type: "welcome", welcome }, NOW, least)).toBe(waiting);
  expect(next(live, { type: "retry" }, NOW, least)).toBe(live);
  expect(next(connecting, { type: "retry" }, NOW, least)).toBe(connecting);
});
