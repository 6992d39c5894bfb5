import { resolve } from "node:path";
import { build } from "esbuild";
import { compile } from "svelte/compiler";

/** A page that runs a recipe: it shows the messages in `#root`, and puts `room` and `unmount` on `globalThis`. */
const PROGRAMS: Record<string, Record<string, string>> = {
  Vue: {
    "./app": `
      import { createApp, h } from "vue";
      import { useTimeline } from "./recipe";
      import { name, options } from "./options";
      const app = createApp({
        setup() {
          const { room, timeline } = useTimeline(name, options);
          globalThis.room = room;
          return () => h("ol", timeline.value.messages.map(({ key, data, status }) => h("li", { key, class: status }, data.text)));
        },
      });
      app.mount("#root");
      globalThis.unmount = () => app.unmount();`,
  },
  Svelte: {
    "./List.svelte": `
      <script>
        import { timelineStore } from "./recipe";
        import { name, options } from "./options";
        const timeline = timelineStore(name, options);
        $effect(() => { globalThis.room = $timeline?.room; });
      </script>
      <ol>
        {#each $timeline?.messages ?? [] as { key, data, status } (key)}
          <li class={status}>{data.text}</li>
        {/each}
      </ol>`,
    "./app": `
      import { mount, unmount } from "svelte";
      import List from "./List.svelte";
      const list = mount(List, { target: document.querySelector("#root") });
      globalThis.unmount = () => unmount(list);`,
  },
  Solid: {
    "./app": `
      import { For } from "solid-js";
      import h from "solid-js/h";
      import { render } from "solid-js/web";
      import { createTimeline } from "./recipe";
      import { name, options } from "./options";
      function List() {
        const { room, timeline } = createTimeline(name, options);
        globalThis.room = room;
        return h("ol", h(For, { each: () => timeline()?.messages }, ({ data, status }) => h("li", { class: status }, data.text)));
      }
      globalThis.unmount = render(() => h(List), document.querySelector("#root"));`,
  },
};

const OPTIONS = `
  const query = new URLSearchParams(location.search);
  export const name = query.get("room");
  export const options = { host: query.get("host"), name: "Ada", history: 50 };`;

/** Bundles a page that runs a recipe of the docs with the framework itself. */
export async function bundleRecipe(framework: string, recipe: string): Promise<string> {
  const modules: Record<string, string> = {
    ...PROGRAMS[framework],
    "./recipe": recipe,
    "./options": OPTIONS,
  };
  const { outputFiles } = await build({
    entryPoints: ["./app"],
    bundle: true,
    format: "esm",
    target: "es2022",
    outdir: "out",
    write: false,
    define: {
      "process.env.NODE_ENV": '"production"',
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
    },
    alias: { "dormouse-rooms": resolve("src/client/index.ts") },
    plugins: [
      {
        name: "modules",
        setup({ onResolve, onLoad }) {
          const isModule = (path: string) => Object.hasOwn(modules, path);
          onResolve({ filter: /^\.\// }, ({ path }) =>
            isModule(path) ? { path, namespace: "page" } : undefined,
          );
          onLoad({ filter: /.*/, namespace: "page" }, ({ path }) => {
            const source = modules[path] ?? "";
            const isSvelte = path.endsWith(".svelte");
            const contents = isSvelte ? compile(source, { generate: "client" }).js.code : source;
            return { contents, resolveDir: resolve("."), loader: "js" };
          });
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}
