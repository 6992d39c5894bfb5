import type { LogLevel } from "../settings/log.ts";

/** The longest error message and stack in a line: UTF-16 code units. */
const ERROR_CHARS = 500;
const STACK_CHARS = 1500;

/** Writes a line: one JSON object, on the console method of its level. Fields that are undefined are left out. */
export function writeLine(
  level: Exclude<LogLevel, "off">,
  event: string,
  { error, ...fields }: Readonly<Record<string, unknown>>,
): void {
  console[level](JSON.stringify({ level, event, ...fields, ...errorFields(error) }));
}

function errorFields(error: unknown): { error?: string; stack?: string } {
  if (error === undefined) return {};
  if (!(error instanceof Error)) return { error: String(error).slice(0, ERROR_CHARS) };
  const causes = error instanceof AggregateError ? error.errors.slice(0, 3).map(String) : [];
  const text = [`${error.name}: ${error.message}`, ...causes].join("; ").slice(0, ERROR_CHARS);
  // The first lines of a stack repeat the message.
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const stack = frames.map((line) => line.trim()).join("\n");
  return { error: text, ...(stack === "" ? {} : { stack: stack.slice(0, STACK_CHARS) }) };
}
