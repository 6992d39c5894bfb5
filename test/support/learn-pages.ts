import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** The pages of docs/websocket/, in the languages that they are written in. */
export const LEARN_FOLDERS = ["docs/websocket", "docs/zh/websocket"] as const;
export const LEARN_PAGES = ["README", "handshake", "frames", "kinds", "events", "chat"] as const;

/** A block of code, and the comment before it that says how it is tested. */
export type MarkedBlock = { mark: string; code: string };

/** The blocks of a page that a comment marks: `<!-- run -->` or `<!-- bytes {…} -->`. */
export function markedBlocks(file: string): MarkedBlock[] {
  const blocks = readFileSync(file, "utf8").matchAll(/^<!-- (.+) -->\n\n((?: {4}.*\n|\n(?= {4}))+)/gm);
  return [...blocks].map(([, mark = "", block = ""]) => ({
    mark,
    code: block.replaceAll(/^ {4}/gm, "").trimEnd(),
  }));
}

/** The bytes that open the lines of a block. Two spaces separate them from what they mean. */
export function bytesIn(code: string): string {
  return code
    .split("\n")
    .map((line) => /^[0-9a-f]{2}(?: [0-9a-f]{2})*(?= {2}|$)/.exec(line)?.[0] ?? "")
    .join(" ");
}

/** The lines that a snippet prints, by the comments after its calls of `console.log`. */
export function printsOf(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);? ?\)?;? ?\/\/ (.+)$/gm)].map(([, printed = ""]) => printed);
}

/** Runs a snippet as a module of Node, and returns the lines that it printed. */
export async function runSnippet(code: string): Promise<string[]> {
  const args = ["--input-type=module", "-e", code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  return stdout.trim().split("\n");
}

/** The server of `npm run learn:node`, on a free port. */
export class LearnServer {
  printed = "";
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<LearnServer> {
    const env = { ...process.env, PORT: "0" };
    const child = spawn(process.execPath, ["docs/examples/learn/server.mjs"], { env });
    const server = new LearnServer(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        server.printed += text;
        if (server.printed.includes("Open http")) resolve();
      });
      child.on("exit", () => reject(new Error("The server ended.")));
    });
    return server;
  }

  get port(): number {
    return Number(/localhost:(\d+)/.exec(this.printed)?.[1]);
  }

  stop(): void {
    this.#child.kill();
  }
}
