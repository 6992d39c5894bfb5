import { build } from "esbuild";
import type { Page } from "playwright-core";

let script: Promise<string> | undefined;

/** What is wrong with the layout of a page as it stands, one sentence each (measure.ts). */
export async function faultsOf(page: Page): Promise<string[]> {
  script ??= bundled();
  return page.evaluate<string[]>(`(() => { ${await script}; return layout.faults(); })()`);
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["test/page/layout/measure.ts"],
    bundle: true,
    format: "iife",
    globalName: "layout",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
