import { isIPv6 } from "node:net";
import { resolve } from "node:path";
import { HostError } from "./host-error.ts";

/** Where the service listens and keeps its rooms. */
export type Options = {
  /** An address or a name of this machine; `*` for all addresses. */
  host: string;
  /** 0 lets the system choose a free port. */
  port: number;
  /** An absolute path. */
  dataDir: string;
  /** Whether every peer is a proxy that sets `cf-connecting-ip`. Otherwise, only one on this machine is. */
  trustProxy: boolean;
};

export type Environment = Readonly<Record<string, string | undefined>>;

const MAX_PORT = 65_535;

/**
 * Reads the options of the host. An empty variable counts as absent.
 *
 * @throws HostError
 * @example readOptions({ PORT: "9000" }); // { host: "127.0.0.1", port: 9000, … }
 */
export function readOptions(env: Environment): Options {
  return {
    host: readHost(env.HOST || "127.0.0.1"),
    port: readPort(env.PORT || "8787"),
    dataDir: readDataDir(env),
    trustProxy: readSwitch("TRUST_PROXY", env.TRUST_PROXY || "off"),
  };
}

export function readDataDir(env: Environment): string {
  return resolve(env.DATA_DIR || "data");
}

function readHost(host: string): string {
  if (isIPv6(host) || /^[\w.-]+$|^\*$/.test(host)) return host;
  throw new HostError(
    `HOST is ${JSON.stringify(host)}. Set it to an address without a port, such as 127.0.0.1.`,
  );
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text);
  throw new HostError(`PORT is ${JSON.stringify(text)}. Set it to a whole number from 0 to ${MAX_PORT}.`);
}

function readSwitch(name: string, text: string): boolean {
  if (text === "on") return true;
  if (text === "off") return false;
  throw new HostError(`${name} is ${JSON.stringify(text)}. Set it to "on" or "off".`);
}

/** A host and a port, as an address or a URL spells them. */
export function authorityOf(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
