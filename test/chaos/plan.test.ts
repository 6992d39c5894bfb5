import { expect, test } from "vitest";
import { dataOf } from "./message-data.ts";
import { type Action, digestOf, type Plan, planOf } from "./plan.ts";

function counts({ actions }: Plan): Partial<Record<Action["do"], number>> {
  const counts: Partial<Record<Action["do"], number>> = {};
  for (const action of actions) counts[action.do] = (counts[action.do] ?? 0) + 1;
  return counts;
}

test("planOf returns the same plan for the same seed, and another for another", () => {
  expect(planOf(7, 20)).toEqual(planOf(7, 20));
  const digests = [1, 2, 3].flatMap((seed) => [10, 11].map((seconds) => digestOf(planOf(seed, seconds))));
  expect(new Set(digests).size).toBe(6);
  // The digest is fixed, so that a plan is the same on every machine.
  expect(digestOf(planOf(1, 10))).toBe("4b82abac4934f105f2ceab775fbb889c43522a6ed6f6312b1576d96f64644bb6");
});

test("dataOf returns the same data for the same message, and different data for all others", () => {
  expect(dataOf("ann", 1, "object", 40)).toEqual(dataOf("ann", 1, "object", 40));
  const forms = ["string", "object", "list", "bytes"] as const;
  const all = ["ann", "ann1"].flatMap((client) =>
    [1, 11, 111].flatMap((n) => forms.map((form) => JSON.stringify(dataOf(client, n, form, 0)))),
  );
  expect(new Set(all).size).toBe(all.length);
});

test("planOf has enough actions of each kind in a minute, and some of each in ten seconds", () => {
  const minute = planOf(1, 60);
  expect(minute.clients.length).toBeGreaterThanOrEqual(20);
  const { publish = 0, cut = 0, kill = 0, evict = 0, operate = 0, page = 0 } = counts(minute);
  expect(publish).toBeGreaterThanOrEqual(10_000);
  expect(cut).toBeGreaterThanOrEqual(100);
  expect(kill).toBeGreaterThanOrEqual(5);
  expect(evict).toBeGreaterThanOrEqual(20);
  expect(operate).toBeGreaterThanOrEqual(5000);
  expect(page).toBeGreaterThanOrEqual(100);
  const short = counts(planOf(1, 10));
  expect(Object.keys(short).sort()).toEqual(Object.keys(counts(minute)).sort());
  expect(short.evict).toBeGreaterThanOrEqual(2);
});

test("planOf has each operation, in each way, on messages of the client and of others", () => {
  const operations = planOf(1, 20).actions.flatMap((each) => (each.do === "operate" ? [each] : []));
  const values = (of: (each: (typeof operations)[number]) => unknown) => new Set(operations.map(of));
  expect(values(({ op }) => op)).toEqual(new Set(["edit", "delete", "append", "react", "unreact"]));
  expect(values(({ via }) => via)).toEqual(new Set(["socket", "http", "both"]));
  expect(values(({ own }) => own)).toEqual(new Set([true, false]));
  // No two operations of a client share an id, and several clients share a target.
  expect(values(({ client, n }) => `${client} ${n}`).size).toBe(operations.length);
  const clients = new Map<number, Set<number>>();
  for (const { topic, client } of operations)
    clients.set(topic, (clients.get(topic) ?? new Set()).add(client));
  expect([...clients.values()].filter(({ size }) => size > 1).length).toBeGreaterThanOrEqual(20);
});

test("planOf orders its actions by time, within the run, and names existing clients and rooms", () => {
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
