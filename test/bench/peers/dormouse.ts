import { type Bundle, serviceBundle } from "../../support/workerd/bundle.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { serverTextFrame } from "../load/frames.ts";
import type { Protocol } from "../load/protocol.ts";
import type { Contender, Service } from "./contender.ts";

/**
 * No rate limit. No retention, so that the log's rows can be counted. A long heartbeat, since the sockets of the load send no pings.
 */
export const VARS = { PUBLISH_RATE: "0", HISTORY_MESSAGES: "10000000", HEARTBEAT_SECONDS: "3600" };

/** A mark is a random UUID, so all mark frames have the same length. */
const MARK = serverTextFrame(JSON.stringify({ type: "mark", mark: crypto.randomUUID() }));
const MARK_CHARS = 36;

/** The protocol of docs/PROTOCOL.md. */
export const DORMOUSE: Protocol = {
  subprotocol: "dormouse.v1",
  settleMs: 1500,
  messages: '{"type":"messages"',
  handshake(text) {
    const frame: { type?: string } = JSON.parse(text);
    if (frame.type === "presence") return { isIn: false };
    if (frame.type !== "welcome") throw new Error(`A socket got an unexpected frame: ${text}`);
    return { isIn: true };
  },
  own: {
    prefix: MARK.subarray(0, -MARK_CHARS - 2),
    length: MARK.length,
    answer: (frame) => {
      const mark = frame.toString("latin1", frame.length - MARK_CHARS - 2, frame.length - 2);
      return JSON.stringify({ type: "received", seq: 0, mark });
    },
  },
  publish: (id, data) => JSON.stringify({ type: "publish", id, data }),
  read: (text) => JSON.parse(text),
};

/** The service as `wrangler deploy` uploads it. */
export const dormouse: Omit<Contender, "start"> & { start(): Promise<Service & Workerd> } = {
  name: "dormouse",
  title: "Dormouse",
  depth: 256,
  start: () => start(serviceBundle()),
};

/** The same bundle without the statement that stores a segment. The difference is the cost of durability. */
export const unlogged: Contender = {
  name: "unlogged",
  title: "Dormouse without the log",
  depth: 256,
  start: () => start(serviceBundle().then(withoutLog)),
};

async function start(bundle: Promise<Bundle>): Promise<Service & Workerd> {
  const service = await startWorkerd({ vars: VARS, bundle });
  return { ...service, protocol: DORMOUSE, room: (name) => service.room(name, "?features=marks") };
}

const INSERT = /return sql\.exec\(\s*`INSERT INTO dormouse_segments [^;]*\.one\(\)\.total;/g;

function withoutLog({ config, modules }: Bundle): Bundle {
  let taken = 0;
  const without = modules.map(({ name, source }) => ({
    name,
    source: source.toString().replace(INSERT, () => {
      taken++;
      return "return totalBefore;";
    }),
  }));
  if (taken !== 1)
    throw new Error(`The bundle stores segments in ${taken} places, not 1. Update the pattern INSERT.`);
  return { config, modules: without };
}
