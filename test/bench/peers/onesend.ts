import { join } from "node:path";
import { type Bundle, bundleModule, singleClassBundle } from "../../support/workerd/bundle.ts";
import { startWorkerd } from "../../support/workerd/workerd.ts";
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
      protocol: {
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

async function bundle(): Promise<Bundle> {
  const source = await bundleModule(join(import.meta.dirname, "worker/one-send.ts"));
  return singleClassBundle({ name: "ROOMS", class_name: "OneSend" }, source);
}
