import { build } from "esbuild";
import { describe, expect, test, vi } from "vitest";
import { blockUnder } from "../support/doc-examples.ts";
import { FakeServer } from "./fake-server.ts";
import { turns } from "./fake-socket.ts";

type Snapshot = { messages: { data?: unknown }[] };

/** The parts of other frameworks that the recipes use, as small as they can be. A scope runs its clean-ups when it ends. */
const FRAMEWORKS: Record<string, string> = {
  vue: `export const shallowRef = (value) => ({ value });
    export const onScopeDispose = (cleanUp) => globalThis.cleanUps.push(cleanUp);`,
  "svelte/store": `export const readable = (value, start) => ({
      subscribe(run) { const stop = start((next) => run(value = next)); return stop; },
    });`,
  "solid-js": `export const onCleanup = (cleanUp) => globalThis.cleanUps.push(cleanUp);
    export const from = (producer) => { let value; onCleanup(producer((next) => { value = next; })); return () => value; };`,
};

/** Runs a recipe of the docs, and returns what it exports. */
async function runRecipe(code: string): Promise<Record<string, (name: string, options: object) => unknown>> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ".", loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
    alias: { "dormouse-rooms": "./src/client/index.ts" },
    plugins: [
      {
        name: "frameworks",
        setup({ onResolve, onLoad }) {
          const filter = /^(vue|svelte\/store|solid-js)$/;
          onResolve({ filter }, ({ path }) => ({ path, namespace: "framework" }));
          onLoad({ filter, namespace: "framework" }, ({ path }) => ({ contents: FRAMEWORKS[path] ?? "" }));
        },
      },
    ],
  });
  const text = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
}

/** How to read the timeline of each recipe, from what its function returns. */
const READ: Record<string, (result: never) => () => Snapshot | undefined> = {
  Vue:
    ({ timeline }: { timeline: { value: Snapshot } }) =>
    () =>
      timeline.value,
  Solid: ({ timeline }: { timeline: () => Snapshot }) => timeline,
  Svelte: ({ subscribe }: { subscribe: (run: (value: Snapshot) => void) => () => void }) => {
    let last: Snapshot | undefined;
    cleanUps.push(
      subscribe((value) => {
        last = value;
      }),
    );
    return () => last;
  },
};

let cleanUps: (() => void)[] = [];

describe("the recipes of docs/CLIENT.md", () => {
  test.each(["Vue", "Svelte", "Solid"])(
    "[VIEW-8] show a timeline in %s, in under 20 lines",
    async (framework) => {
      const code = blockUnder("docs/CLIENT.md", framework, "###");
      expect(code.split("\n").length).toBeLessThan(20);
      const recipe = Object.values(await runRecipe(code))[0];
      vi.useFakeTimers();
      try {
        cleanUps = [];
        vi.stubGlobal("cleanUps", cleanUps);
        const server = new FakeServer();
        const result = recipe?.("lobby", { host: "localhost", token: "me", socket: server.socket });
        const read = READ[framework]?.(result as never);
        const settle = async () => {
          await turns();
          server.settle();
          await turns();
        };
        await settle();
        server.say("bob", "hello");
        await settle();
        expect(read?.()?.messages.map(({ data }) => data)).toEqual(["hello"]);
        for (const cleanUp of cleanUps) cleanUp();
        expect(server.open).toEqual([]);
      } finally {
        vi.useRealTimers();
        vi.unstubAllGlobals();
      }
    },
  );
});
