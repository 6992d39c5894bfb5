import { expect, test } from "vitest";
import { Inbox } from "../../src/client/inbox.ts";
import { welcomeWith as welcome } from "./welcome.ts";

test("[RES-2] a client lets each seq through once, in order, and notices a gap", () => {
  const inbox = new Inbox(0, undefined);
  inbox.welcome(welcome({ seq: 4 }));
  expect(inbox.admit(5, 3)).toBe(0);
  expect(inbox.admit(6, 3)).toBe(2);
  expect(inbox.admit(5, 2)).toBe(2);
  expect(inbox.admit(10, 1)).toBeUndefined();
  expect(inbox.cursor).toBe("e.8");
  expect(inbox.admit(9, 1)).toBe(0);
});

test("[RES-2] a message between the position of welcome and the first frame is missed by nobody", () => {
  const inbox = new Inbox(0, undefined);
  inbox.welcome(welcome({ seq: 4 }));
  expect(inbox.admit(6, 1)).toBeUndefined();
});

test("history that is owed is part of the cursor until it has come", () => {
  const inbox = new Inbox(10, undefined);
  expect(inbox.cursor).toBeUndefined();
  inbox.welcome(welcome({ seq: 25 }));
  expect(inbox.cursor).toBe("e.15");
  // Retention may have left less of it.
  expect(inbox.admit(20, 6)).toBe(0);
  expect(inbox.cursor).toBe("e.25");
});

test("a resumed session goes on where it was, also with a cursor of an earlier run", () => {
  const inbox = new Inbox(0, "e.7");
  expect(inbox.cursor).toBe("e.7");
  expect(inbox.welcome(welcome({ seq: 9, resumed: true }))).toBeUndefined();
  expect(inbox.admit(8, 2)).toBe(0);
});

test("[DUR-11] a client that had no message goes on in the log that began since, under its epoch", () => {
  const inbox = new Inbox(0, "e.0");
  expect(inbox.welcome(welcome({ seq: 2, resumed: true, epoch: "f" }))).toBeUndefined();
  expect(inbox.admit(1, 2)).toBe(0);
  expect(inbox.cursor).toBe("f.2");
});

test("[RES-2] a refused resume is a break that the application hears of", () => {
  const trimmed = new Inbox(3, "e.7");
  expect(trimmed.welcome(welcome({ seq: 100, reason: "trimmed" }))).toEqual({
    reason: "trimmed",
    epoch: "e",
    seq: 100,
  });
  expect(trimmed.cursor).toBe("e.97");
  const erased = new Inbox(0, "old.700");
  expect(erased.welcome(welcome({ seq: 2, reason: "epoch" }))).toEqual({
    reason: "epoch",
    epoch: "e",
    seq: 2,
  });
  expect(erased.admit(3, 1)).toBe(0);
});

test("what was seen under the same numbering is not shown again when history brings it", () => {
  const inbox = new Inbox(50, "e.70");
  inbox.welcome(welcome({ seq: 100, reason: "too_many" }));
  expect(inbox.admit(51, 50)).toBe(20);
});

test("a first welcome is no break, and a cursor that is none is as good as none", () => {
  expect(new Inbox(0, undefined).welcome(welcome({ seq: 9 }))).toBeUndefined();
  expect(new Inbox(0, "garbage").cursor).toBeUndefined();
});
