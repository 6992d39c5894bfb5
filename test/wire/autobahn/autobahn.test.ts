import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { frame, PING, PONG, RawSocket } from "../raw-socket.ts";
import { CASES } from "./cases.ts";
import { echoBundle } from "./echo.ts";
import { KNOWN_FAILURES } from "./known-failures.ts";
import { runCase } from "./run-case.ts";

let service: Workerd;
let echo: Workerd;
beforeAll(async () => {
  const vars = { PUBLISH_RATE: "0", MESSAGE_BYTES: "786432", LEAVE_GRACE_MS: "0" };
  [service, echo] = await Promise.all([startWorkerd({ vars }), startWorkerd({ bundle: echoBundle() })]);
});
afterAll(() => Promise.all([service.stop(), echo.stop()]));

const PASSED = ["OK", "NON-STRICT", "INFORMATIONAL"];

test("[WIRE-10] has each case of the sections 1 to 7, 9 and 10 once", () => {
  const ids = CASES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const counts = new Map<string, number>();
  for (const [section = ""] of ids.map((id) => id.split("."))) {
    counts.set(section, (counts.get(section) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({
    1: 16,
    2: 11,
    3: 7,
    4: 10,
    5: 20,
    6: 145,
    7: 37,
    9: 54,
    10: 1,
  });
  expect([...KNOWN_FAILURES.keys()].filter((id) => !ids.includes(id))).toEqual([]);
});

// A plain room sends each message to its sender, too, so it is an echo.
describe.concurrent("a plain room", () => {
  for (const each of CASES) {
    const known = KNOWN_FAILURES.get(each.id);
    if (known?.varies) continue;
    if (known === undefined) {
      test(`[WIRE-10] passes case ${each.id}: ${each.what}`, async ({ expect }) => {
        expect(PASSED).toContain(await runCase(service.room(each.id), each));
      });
    } else {
      test(`[WIRE-11] fails case ${each.id}, since ${known.why}: ${each.what}`, async ({ expect }) => {
        expect(await runCase(service.room(each.id), each)).toMatch(/^FAILED/);
      });
    }
  }
});

describe.concurrent("a bare echo", () => {
  for (const [kind, path] of [
    ["with hibernation", "hibernating"],
    ["without hibernation", "accepted"],
  ]) {
    for (const each of CASES.filter(
      ({ id }) => KNOWN_FAILURES.get(id)?.varies === undefined && KNOWN_FAILURES.has(id),
    )) {
      test(`[WIRE-11] fails case ${each.id}, too, ${kind}: ${each.what}`, async ({ expect }) => {
        expect(await runCase(echo.room(`${path}-${each.id}`), each)).toMatch(/^FAILED/);
      });
    }
  }
});

test("[WIRE-11] docs/PROTOCOL.md lists the cases that fail", async () => {
  const page = await readFile("docs/PROTOCOL.md", "utf8");
  const invalid = [...KNOWN_FAILURES.keys()].filter((id) => id.startsWith("6."));
  for (const id of KNOWN_FAILURES.keys())
    if (!id.startsWith("6.")) expect(page).toMatch(new RegExp(`\\b${id}\\b`));
  expect(page).toContain(`the ${invalid.length} cases of section 6`);
});

test("[WIRE-12] the last of pings that arrive together is answered, and the answers are in order", async () => {
  const socket = await RawSocket.open(service.room("pings"));
  const names = Array.from({ length: 100 }, (_, i) => `${i}`);
  socket.send(...names.map((name) => frame(PING, name)));
  const answered: number[] = [];
  while (answered.at(-1) !== 99) {
    const { opcode, payload } = await socket.next();
    expect(opcode).toBe(PONG);
    answered.push(Number(payload.toString()));
  }
  expect(answered).toEqual(answered.toSorted((a, b) => a - b));
  socket.drop();
});
