import { describe, expect, test } from "vitest";
import { LineBudget } from "../../src/telemetry/line-budget.ts";

const MINUTE = 60_000;

/** The answers of a budget to so many lines of a kind. */
function take(budget: LineBudget, kind: string, lines: number, now: number): (number | undefined)[] {
  return Array.from({ length: lines }, () => budget.take(kind, now));
}

describe("LineBudget", () => {
  test("[OPER-3] bounds the lines of a kind in a minute, and says later how many it dropped", () => {
    const budget = new LineBudget({ kind: 2, all: 10 });
    expect(take(budget, "a", 5, 0)).toEqual([0, 0, undefined, undefined, undefined]);
    expect(take(budget, "b", 1, MINUTE - 1)).toEqual([0]);
    expect(take(budget, "a", 2, MINUTE)).toEqual([3, 0]);
  });

  test("[OPER-3] bounds the lines of all kinds, however many there are", () => {
    const budget = new LineBudget({ kind: 2, all: 3 });
    const answers = Array.from({ length: 1000 }, (_, i) => budget.take(`kind ${i}`, 0));
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(3);
    expect(budget.take("another", MINUTE)).toBe(997);
  });
});
