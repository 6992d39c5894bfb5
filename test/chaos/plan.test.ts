import { expect, test } from "vitest";
import { dataOf } from "./message-data.ts";
import { type Action, digestOf, type Plan, planOf } from "./plan.ts";

function counts({ actions }: Plan): Partial<Record<Action["do"], number>> {
  const counts: Partial<Record<Action["do"], number>> = {};
  for (const action of actions) counts[action.do] = (counts[action.do] ?? 0) + 1;
  return counts;
}

test("the same seed makes the same plan, and another seed another", () => {
  expect(planOf(7, 20)).toEqual(planOf(7, 20));
  const digests = [1, 2, 3].flatMap((seed) => [10, 11].map((seconds) => digestOf(planOf(seed, seconds))));
  expect(new Set(digests).size).toBe(6);
  // Known here, so that it is also the same on another day and another machine.
  expect(digestOf(planOf(1, 10))).toBe("d6c37590a62661745fff4935b005c6538073123480b8add0e53c86b0cf25e049");
});

test("the same message of a client has the same data, and every other has other data", () => {
  expect(dataOf("ann", 1, "object", 40)).toEqual(dataOf("ann", 1, "object", 40));
  const forms = ["string", "object", "list", "bytes"] as const;
  const all = ["ann", "ann1"].flatMap((client) =>
    [1, 11, 111].flatMap((n) => forms.map((form) => JSON.stringify(dataOf(client, n, form, 0)))),
  );
  expect(new Set(all).size).toBe(all.length);
});

test("a minute holds what a storm should, and ten seconds some of everything", () => {
  const minute = planOf(1, 60);
  expect(minute.clients.length).toBeGreaterThanOrEqual(20);
  const { publish = 0, cut = 0, kill = 0, evict = 0 } = counts(minute);
  expect(publish).toBeGreaterThanOrEqual(10_000);
  expect(cut).toBeGreaterThanOrEqual(100);
  expect(kill).toBeGreaterThanOrEqual(5);
  expect(evict).toBeGreaterThanOrEqual(20);
  const short = counts(planOf(1, 10));
  expect(Object.keys(short).sort()).toEqual(Object.keys(counts(minute)).sort());
  expect(short.evict).toBeGreaterThanOrEqual(2);
});

test("what happens comes in the order of its time, within the storm, to those who are there", () => {
  const { actions, clients, rooms, seconds } = planOf(3, 12);
  let before = 0;
  for (const action of actions) {
    expect(action.at).toBeGreaterThanOrEqual(before);
    before = action.at;
    if ("client" in action) expect(clients[action.client]).toBeDefined();
    if ("room" in action) expect(rooms).toContain(action.room);
  }
  expect(before).toBeLessThanOrEqual(seconds * 1000);
});
