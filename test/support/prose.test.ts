import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

const LONG = "A room stores each message before it sends it, and ".repeat(4);

/** A text, and the rule that must find a fault in it. */
const BAD: [rule: string, text: string][] = [
  ["retired-words", "This value is none of them."],
  ["retired-words", "A setting that is no such thing fails."],
  ["retired-words", "The agenda runs each chore."],
  ["retired-words", "It opens when\nsomebody\nknocks."],
  ["retired-words", "# The audience"],
  ["headless-opening", "Who comes back is sent everything."],
  ["headless-opening", "A room sleeps. What it stored stays."],
  ["headless-opening", "- Of two equal keys the last one stands."],
  ["headless-opening", "| a | b |\n|---|---|\n| x | What it stored stays. |"],
  ["long-sentence", `${LONG}then it sleeps.`],
  ["long-sentence", `- ${LONG}then it sleeps.`],
  ["doubled-word", "The room closes the\nthe socket."],
  ["doubled-word", "The **room** Room sleeps."],
  ["product-name", "A Github action."],
  ["product-name", "One durable object for each room."],
  ["product-name", "It needs Javascript and [websockets](https://example.com)."],
];

/** Texts in which no rule may find a fault. */
const GOOD: string[] = [
  "A returning client receives the messages it missed.",
  "What happens to a message while the room sleeps?",
  "# Who is it for?",
  "It asks what a client has, and of which room.",
  "The field `agenda` is `chore` `chore`, as in `debts`.",
  "See [the list](https://example.com/no-such-thing/whoever) and src/cloudflare/websocket.ts.",
  "This sentence is short and so is the one that follows it, which is a `test`. `npm run check` is a command that opens a sentence.",
  "    A somebody in a block of code. What is it.",
  "```\nWho comes back is sent it.\n```",
  "A short sentence about a room. A short sentence about a room. A short sentence about a room. A short one.",
  `| a | b |\n|---|---|\n| x | ${LONG}then it sleeps. |`,
  "It runs on Cloudflare Workers, with Durable Objects, SQLite and WebSockets; `npm run dev` starts it.",
];

type Message = { ruleId: string; line: number; message: string };

/** Runs the linter of `npm run check:prose` on a text. */
async function lint(text: string): Promise<Message[]> {
  const args = ["--rulesdir", "docs/style/rules", "--format", "json", "--stdin", "--stdin-filename", "t.md"];
  const child = promisify(execFile)(process.execPath, ["node_modules/textlint/bin/textlint.js", ...args]);
  child.child.stdin?.end(text);
  // The linter exits with 1 when it finds something, and prints the same report.
  const { stdout } = await child.catch((error: unknown) => error as { stdout: string });
  const [result]: { messages: Message[] }[] = JSON.parse(stdout);
  return result?.messages ?? [];
}

/** Lints all texts in one run, because the linter starts slowly. */
async function lintEach(texts: string[]): Promise<Message[][]> {
  const starts: number[] = [];
  let document = "";
  for (const text of texts) {
    starts.push(document.split("\n").length);
    // The comment keeps a text in a block of its own.
    document += `${text}\n\n<!-- -->\n\n`;
  }
  const found = await lint(document);
  return starts.map((start, i) =>
    found.filter(({ line }) => line >= start && line < (starts[i + 1] ?? Number.POSITIVE_INFINITY)),
  );
}

describe("the prose rules", () => {
  let bad: Message[][];
  let good: Message[][];
  beforeAll(async () => {
    [bad, good] = await Promise.all([lintEach(BAD.map(([, text]) => text)), lintEach(GOOD)]);
  });

  test.each(BAD.map(([rule, text], i) => ({ rule, text, i })))("$rule finds: $text", ({ rule, i }) => {
    expect(bad[i]?.map(({ ruleId }) => ruleId)).toContain(rule);
  });

  test.each(GOOD.map((text, i) => ({ text, i })))("no rule finds: $text", ({ i }) => {
    expect(good[i]).toEqual([]);
  });

  test("each rule of the folder has a sentence that it finds", () => {
    const rules = globSync("docs/style/rules/*.ts").map((file) => /([^/\\]+)\.ts$/.exec(file)?.[1]);
    expect(new Set(BAD.map(([rule]) => rule))).toEqual(new Set(rules));
  });
});

test("every exception in .textlintignore is a file that the check would read", () => {
  const checked = new Set(globSync(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md"]));
  const listed = readFileSync(".textlintignore", "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(listed.filter((file) => !checked.has(file))).toEqual([]);
});
