import { build } from "esbuild";
import type { Page } from "playwright-core";

let script: Promise<string> | undefined;

/** Runs `findFaults` (faults.ts) in a page, and returns one sentence for each layout fault. */
export async function findLayoutFaults(page: Page): Promise<string[]> {
  script ??= bundle();
  return page.evaluate<string[]>(`(() => { ${await script}; return layout.findFaults(); })()`);
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["test/page/layout/faults.ts"],
    bundle: true,
    format: "iife",
    globalName: "layout",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
