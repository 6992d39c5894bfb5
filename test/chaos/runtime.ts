import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bundle, bundleModule, serviceBundle } from "../support/workerd/bundle.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";
import { readStoredLabels } from "./read-storage.ts";
import type { StoredLabel } from "./records.ts";

/** How a room is evicted: its WebSockets stay open, or are closed. */
export type Eviction = "hibernate" | "close";

/** `absent`: the room was not in memory. `busy`: it did not become idle in time. */
export type EvictionResult = "evicted" | "absent" | "busy";

/** How long to wait for a room to become idle. It may still be evicted later. */
const IDLE_MS = 3000;

const HOOKED = { name: "HOOKED", class_name: "HookedRoom" };

/** The service, with a second class of rooms that have hooks. */
async function hookedBundle(): Promise<Bundle> {
  const { config } = await serviceBundle();
  const bindings = [...config.durable_objects.bindings, HOOKED];
  const main = "worker.js";
  const source = await bundleModule(join(import.meta.dirname, "worker/worker.ts"));
  return { config: { ...config, main, durable_objects: { bindings } }, modules: [{ name: main, source }] };
}

/** The service in workerd with the evictor beside it. A restart keeps the storage. */
export class Runtime {
  #workerd: Workerd;
  /** The output of earlier processes. */
  #earlier = "";

  private constructor(workerd: Workerd) {
    this.#workerd = workerd;
  }

  /** @param vars settings that replace those of wrangler.toml */
  static async start(vars: Record<string, string>): Promise<Runtime> {
    return new Runtime(await startWorkerd({ vars, evictor: true, bundle: hookedBundle() }));
  }

  get port(): number {
    return this.#workerd.port;
  }

  /** The output of all processes. */
  get output(): string {
    return this.#earlier + this.#workerd.output();
  }

  /**
   * Kills workerd, and starts it again after `downMs`, at the same port unless another process took it meanwhile.
   * @param vars settings that replace those of the start
   */
  async restart(downMs: number, vars?: Record<string, string>): Promise<void> {
    await this.#workerd.kill();
    this.#earlier += this.#workerd.output();
    await sleep(downMs);
    const killed = this.#workerd;
    const changes = vars === undefined ? {} : { vars };
    this.#workerd = await killed.restart(changes).catch(() => killed.restart({ ...changes, port: 0 }));
  }

  /** Kills workerd, and reads the labels of messages and operations in the tables of all rooms. */
  async storedLabels(): Promise<StoredLabel[]> {
    await this.#workerd.kill();
    return readStoredLabels(this.#workerd.storage);
  }

  /** Evicts a room from memory as soon as it is idle. */
  async evict(room: string, eviction: Eviction): Promise<EvictionResult> {
    const binding = room.startsWith("hooked ") ? HOOKED.name : "ROOMS";
    const path = [binding, room, eviction].map(encodeURIComponent).join("/");
    const url = `http://127.0.0.1:${this.#workerd.evictorPort}/${path}`;
    const answer = fetch(url).then(
      ({ ok }): EvictionResult => (ok ? "evicted" : "absent"),
      // workerd was killed meanwhile.
      (): EvictionResult => "absent",
    );
    return Promise.race([answer, sleep(IDLE_MS, "busy" as const)]);
  }

  stop(): Promise<void> {
    return this.#workerd.stop();
  }
}
