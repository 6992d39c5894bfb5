import { join } from "node:path";
import { build } from "esbuild";
import { type Bundle, serviceBundle, startWorkerd } from "../../support/workerd.ts";
import type { Contender } from "./contender.ts";
import { bare } from "./node.ts";

export const onesend: Contender = {
  name: "onesend",
  title: "One send per message",
  depth: 16,
  async start() {
    const service = await startWorkerd({ bundle: bundle() });
    return {
      ...service,
      dialect: {
        ...bare,
        messages: '{"seq"',
        read(text) {
          const message: { seq: number; id: string; data: string } = JSON.parse(text);
          return { first: message.seq, messages: [message] };
        },
      },
    };
  },
};

/** By the same date and flags as the service. */
async function bundle(): Promise<Bundle> {
  const { config } = await serviceBundle();
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "worker/one-send.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*"],
  });
  return {
    config: {
      ...config,
      durable_objects: { bindings: [{ name: "ROOMS", class_name: "OneSend" }] },
      vars: {},
    },
    modules: [{ name: "one-send.js", source: outputFiles[0]?.text ?? "" }],
  };
}
