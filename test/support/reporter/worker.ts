import { shardOf } from "../../../src/directory/shards.ts";
import type { RoomReport } from "../../../src/rpc/directory.ts";
import { marked } from "../../../src/rpc/worker-mark.ts";

type Env = { ROOMS: DurableObjectNamespace; DIRECTORY: DurableObjectNamespace };

/** Without `object`, the report is that of the room with this name. */
type Report = Omit<RoomReport, "object"> & { object?: string };

/** Reports that are on their way at a time. */
const AT_ONCE = 256;

/**
 * A Worker beside the service that reports rooms to the directory as the rooms themselves do, so that a test has thousands of them without
 * opening each.
 */
export default {
  async fetch(request, env) {
    const reports = (await request.json()) as Report[];
    const queue = reports.values();
    const send = async () => {
      for (const report of queue) {
        const body = JSON.stringify({ object: env.ROOMS.idFromName(report.room).toString(), ...report });
        const shard = env.DIRECTORY.getByName(shardOf(report.room));
        const { ok } = await shard.fetch(marked(new Request("https://directory/", { method: "POST", body })));
        if (!ok) throw new Error(`The directory refused ${report.room}.`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<Env>;
