import { describe, expect, test } from "vitest";
import { faultsOf, rulesOf, testsByRule, withTests } from "./rules.ts";

// This builds the ids, because the checker also reads the titles in this file.
const title = (...ids: string[]) => `"${ids.map((id) => `[${id}] `).join("")}it holds"`;

const DOCUMENT = `# Guarantees

## ORD: order

- **ORD-1** One order,
  with no gap.
- **ORD-2** One order for text and binary.

## RES: resuming

- **RES-10** It resumes.
`;

const TESTS = testsByRule(
  new Map([
    [
      "test/room/order.test.ts",
      `test(${title("ORD-1", "RES-10")}, …); test.each(CASES)(\n  ${title("ORD-2")}, …)`,
    ],
    ["test/chaos/short.test.ts", `test(${title("ORD-1")}, …); test(${title("ORD-1")}, …)`],
  ]),
);

const WRITTEN = `# Guarantees

## ORD: order

- **ORD-1** One order,
  with no gap.
  - Tests: [\`chaos/short\`](../test/chaos/short.test.ts), [\`room/order\`](../test/room/order.test.ts)
- **ORD-2** One order for text and binary.
  - Tests: [\`room/order\`](../test/room/order.test.ts)

## RES: resuming

- **RES-10** It resumes.
  - Tests: [\`room/order\`](../test/room/order.test.ts)
`;

describe("the rules of a document", () => {
  test("are read in their order, and a document in order has no faults", () => {
    expect(rulesOf(DOCUMENT)).toEqual(["ORD-1", "ORD-2", "RES-10"]);
    expect(faultsOf(DOCUMENT, TESTS)).toEqual([]);
  });

  test("get a list of the files that test them, rewritten on each run", () => {
    expect(withTests(DOCUMENT, TESTS, "docs/GUARANTEES.md")).toBe(WRITTEN);
    expect(withTests(WRITTEN, TESTS, "docs/GUARANTEES.md")).toBe(WRITTEN);
    const moved = WRITTEN.replaceAll("room/order", "log/order");
    expect(withTests(moved, TESTS, "docs/GUARANTEES.md")).toBe(WRITTEN);
  });

  test("lose the list of a rule that no test names any more", () => {
    expect(withTests(WRITTEN, new Map(), "docs/GUARANTEES.md")).toBe(DOCUMENT);
  });

  test.each([
    ["a rule without a test", `${DOCUMENT}- **RES-11** It goes on.\n`, /RES-11.* has no test/],
    [
      "a test without a rule",
      DOCUMENT.replace("ORD-2", "ORD-3"),
      /ORD-2.* of test\/room\/order\.test\.ts is not a rule/,
    ],
    ["a rule in another group", DOCUMENT.replace("## RES", "## LIM"), /RES-10.* is under the heading of LIM/],
    ["rules that are not in order", DOCUMENT.replace("ORD-1", "ORD-3"), /ORD-2.* is not in order/],
    ["a rule that is listed twice", DOCUMENT.replace("ORD-1", "ORD-2"), /ORD-2.* is not in order/],
    ["no rules at all", "# Guarantees\n", /lists no rules/],
  ])("have a fault: %s", (_what, document, fault) => {
    expect(faultsOf(document, TESTS).join("\n")).toMatch(fault);
  });
});
