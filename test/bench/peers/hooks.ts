import { join } from "node:path";
import { type Bundle, bundleModule, serviceBundle } from "../../support/workerd/bundle.ts";
import { startWorkerd } from "../../support/workerd/workerd.ts";
import type { Contender } from "./contender.ts";
import { DORMOUSE, VARS } from "./dormouse.ts";

const CLASSES = { NONE: "NoHook", EMPTY: "EmptyHook", WRITE: "WritingHook" } as const;

let bundled: Promise<Bundle> | undefined;

/** One bundle for all, so that nothing but the hook differs. */
async function bundleHooks(): Promise<Bundle> {
  const { config } = await serviceBundle();
  const bindings = Object.entries(CLASSES).map(([name, class_name]) => ({ name, class_name }));
  const source = await bundleModule(join(import.meta.dirname, "worker/hooks.ts"));
  const main = "hooks.js";
  return { config: { ...config, main, durable_objects: { bindings } }, modules: [{ name: main, source }] };
}

function contender(name: Contender["name"], title: string, prefix: string): Contender {
  return {
    name,
    title,
    depth: 256,
    async start() {
      bundled ??= bundleHooks();
      const service = await startWorkerd({ vars: VARS, bundle: bundled });
      const room = (each: string) => service.room(`${prefix} ${each}`, "?features=marks");
      return { ...service, protocol: DORMOUSE, room };
    },
  };
}

/** Rooms whose `onPublish` is absent, does nothing, and writes a row. */
export const HOOKS: readonly Contender[] = [
  contender("nohook", "No hook", "none"),
  contender("emptyhook", "Empty onPublish", "empty"),
  contender("writinghook", "onPublish that writes", "write"),
];
