import { readFileSync } from "node:fs";

/** A command of a document, and the output that the document states. */
export type Example = { command: string; prints: string };

const INDENT = "    ";
const COMMAND = /^(?:curl|printf) /;

/** The indented blocks of a document, without their indent. */
export function blocksOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const blocks = text.match(/(?:^ {4}.*\n(?:\n(?= {4}))*)+/gm) ?? [];
  return blocks.map((block) => block.replaceAll(/^ {4}/gm, "").trimEnd());
}

/** The commands of a document, in order. */
export function examplesOf(file: string): Example[] {
  const examples: Example[] = [];
  for (const block of blocksOf(file)) {
    const lines = block.split("\n");
    let example: { command: string[]; prints: string[] } | undefined;
    const end = () => {
      if (example === undefined) return;
      examples.push({
        command: example.command.join("\n"),
        prints: example.prints.join("\n").trim(),
      });
    };
    for (const line of lines) {
      if (COMMAND.test(line)) {
        end();
        example = { command: [line], prints: [] };
      } else if (example?.command.at(-1)?.endsWith("\\")) example.command.push(line);
      else example?.prints.push(line);
    }
    end();
  }
  return examples;
}

/** The stated output as a pattern. `…` matches anything on its line. */
export function patternOf(prints: string): RegExp {
  const literal = prints.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("…", ".*")}$`);
}

/** The indented block under this heading. */
export function blockUnder(file: string, heading: string, level = "##"): string {
  const text =
    readFileSync(file, "utf8")
      .split(`\n${level} ${heading}\n`)[1]
      ?.split(/\n##+ /)[0] ?? "";
  const lines = text.split("\n").filter((line) => line === "" || line.startsWith(INDENT));
  const code = lines
    .map((line) => line.slice(INDENT.length))
    .join("\n")
    .trim();
  if (code === "") throw new Error(`${file} has no code under ${heading}.`);
  return code;
}

/** The steps of a reader under a heading, in order: commands to run, and files to write, each named just before its block. */
export type Step = { commands: string[] } | { file: string; content: string };

const FILE_NAME = /`([\w./-]+)`:$/;

/** The steps under this heading. */
export function stepsUnder(file: string, heading: string): Step[] {
  const section = readFileSync(file, "utf8").split(`\n## ${heading}\n`)[1]?.split(/\n## /)[0] ?? "";
  const steps: Step[] = [];
  for (const [, prose = "", block = ""] of section.matchAll(
    /((?:^(?! {4}).*\n)+)((?:^ {4}.*\n(?:\n(?= {4}))*)+)/gm,
  )) {
    const content = block.replaceAll(/^ {4}/gm, "");
    const [, name] = FILE_NAME.exec(prose.trim()) ?? [];
    steps.push(name === undefined ? { commands: content.trim().split("\n") } : { file: name, content });
  }
  return steps;
}
