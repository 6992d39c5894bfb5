import { spawn } from "node:child_process";

/** Runs a command of a document until it has printed the expected output, or ends. @returns what it printed */
export function runExample(command: string, expected: RegExp, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("bash", ["-c", `exec 2>/dev/null; ${command}`], { env: { ...process.env, ...env } });
  return new Promise<string>((resolve) => {
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      printed += chunk;
      if (expected.test(printed.trim())) resolve(printed.trim());
    });
    child.on("close", () => resolve(printed.trim()));
    setTimeout(() => resolve(printed.trim()), 10_000).unref();
  }).finally(() => child.kill());
}
