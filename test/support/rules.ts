import { posix } from "node:path";

/** A rule of docs/GUARANTEES.md: `- **ORD-1** …`, under the heading of its group. */
const RULE = /^- \*\*([A-Z]+)-(\d+)\*\* /;
/** The list of tests under a rule, which this module writes. */
const TESTS = /^ {2}- Tests: /;
const HEADING = /^## ([A-Z]+)\b/;

/** The ids that open the title of a test: `"[ORD-1] [DUR-2] …"`. */
const TITLE = /["'`]((?:\[[A-Z]+-\d+\] ?)+)/g;

/** For each id, the test files with a title that names it. */
export type TestsByRule = ReadonlyMap<string, readonly string[]>;

/** @param sources of test files, by their path from the top of the repository */
export function testsByRule(sources: ReadonlyMap<string, string>): TestsByRule {
  const files = new Map<string, Set<string>>();
  for (const [file, source] of sources) {
    for (const [, ids = ""] of source.matchAll(TITLE)) {
      for (const id of ids.match(/[A-Z]+-\d+/g) ?? []) files.set(id, (files.get(id) ?? new Set()).add(file));
    }
  }
  return new Map([...files].map(([id, found]) => [id, [...found].sort()]));
}

/** The ids of the rules of a document, in its order. */
export function rulesOf(document: string): string[] {
  return document.split("\n").flatMap((line) => {
    const [, group, number] = RULE.exec(line) ?? [];
    return group === undefined ? [] : [`${group}-${number}`];
  });
}

/**
 * The document with an up-to-date list of tests under each rule that has any.
 *
 * @param path of the document, which the links start from
 */
export function withTests(document: string, tests: TestsByRule, path: string): string {
  const written: string[] = [];
  let list: string | undefined;
  const endRule = () => {
    if (list !== undefined) written.push(list);
    list = undefined;
  };
  for (const line of document.split("\n")) {
    if (TESTS.test(line)) continue;
    // Lines with an indent continue the text of the rule.
    if (!line.startsWith("  ")) endRule();
    written.push(line);
    const [, group, number] = RULE.exec(line) ?? [];
    const files = tests.get(`${group}-${number}`);
    if (files !== undefined) list = `  - Tests: ${files.map((file) => linkTo(file, path)).join(", ")}`;
  }
  endRule();
  return written.join("\n");
}

function linkTo(file: string, from: string): string {
  const name = file.replace(/^test\//, "").replace(/\.test\.ts$/, "");
  return `[\`${name}\`](${posix.relative(posix.dirname(from), file)})`;
}

/** Finds rules without a test, unknown ids and disorder, and says for each what to do. `withTests` covers the lists of tests. */
export function faultsOf(document: string, tests: TestsByRule): string[] {
  const rules = rulesOf(document);
  const known = new Set(rules);
  const faults = rules.length === 0 ? ["The document lists no rules. Write a rule as: - **ORD-1** …"] : [];
  for (const id of known) {
    if (!tests.has(id)) faults.push(`[${id}] has no test. Open the title of a test with "[${id}]".`);
  }
  for (const [id, files] of tests) {
    if (!known.has(id))
      faults.push(`[${id}] of ${files.join(", ")} is not a rule. Add it, or correct the id.`);
  }
  return [...faults, ...disorderOf(document)];
}

function disorderOf(document: string): string[] {
  const faults: string[] = [];
  let group = "";
  let last = 0;
  for (const line of document.split("\n")) {
    const [, heading] = HEADING.exec(line) ?? [];
    if (heading !== undefined) [group, last] = [heading, 0];
    const [, prefix, number = ""] = RULE.exec(line) ?? [];
    if (prefix === undefined) continue;
    const id = `${prefix}-${number}`;
    if (prefix !== group) faults.push(`[${id}] is under the heading of ${group}. Move it to "## ${prefix}".`);
    else if (Number(number) <= last)
      faults.push(`[${id}] is not in order. Sort the rules of ${group} by number.`);
    last = Number(number);
  }
  return faults;
}
