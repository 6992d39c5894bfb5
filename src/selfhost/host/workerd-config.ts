import { siteBinding } from "../site-files.ts";
import type { Manifest } from "./manifest.ts";

/** The names of what the command line of workerd fills in. */
export const NAMES = { socket: "http", rooms: "rooms" } as const;

/**
 * The configuration of `workerd serve`, in Cap'n Proto text. Paths and the address come on the command line. Values of settings come from
 * the environment of workerd, so that no secret is written to a file.
 *
 * @param settings the names of the settings that the environment has
 */
export function workerdConfig(manifest: Manifest, settings: readonly string[]): string {
  const services = [
    '(name = "service", worker = .service)',
    // A receiver of webhooks, or an identity provider, is often on the same machine or network. Only the settings name addresses.
    '(name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true)))',
    `(name = ${text(NAMES.rooms)}, disk = (writable = true))`,
  ];
  // A proxy that ends TLS says so, for the service to know its own origin.
  const socket = `(name = ${text(NAMES.socket)}, http = (forwardedProtoHeader = "x-forwarded-proto"), service = "service")`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = ${list(services)}, sockets = [${socket}]);
const service :Workerd.Worker = ${worker(manifest, settings)};
`;
}

function worker(manifest: Manifest, settings: readonly string[]): string {
  const { compatibilityDate, compatibilityFlags, durableObjects, modules, siteFiles } = manifest;
  const bindings = [
    ...siteFiles.map((file) => `(name = ${text(siteBinding(file))}, data = embed ${text(`/site/${file}`)})`),
    ...durableObjects.map(
      ({ name, className }) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`,
    ),
    ...settings.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
  ];
  // The key names a folder and is part of every object's id. With another key, all rooms would be empty.
  const namespaces = durableObjects.map(
    ({ className }) => `(className = ${text(className)}, uniqueKey = ${text(className)}, enableSql = true)`,
  );
  const scripts = modules.map((file) => `(name = ${text(file)}, esModule = embed ${text(`/${file}`)})`);
  return `(
  modules = ${list(scripts)},
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = ${list(compatibilityFlags.map(text))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = ${text(NAMES.rooms)}),
)`;
}

function list(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** A Cap'n Proto string. All that is quoted here are names in ASCII. */
function text(value: string): string {
  return JSON.stringify(value);
}
